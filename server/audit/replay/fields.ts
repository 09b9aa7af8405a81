/** Reading payloads. The operator wrote them, so nothing about their fields is taken for granted. */

export class Malformed extends Error {}

export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path = "") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new Malformed(`${path === "" ? "the payload" : path} is not an object`);
    }
    this.#value = value as Record<string, unknown>;
    this.#path = path;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  fields(name: string): Fields {
    return new Fields(this.#get(name), this.#at(name));
  }

  text(name: string): string {
    const value = this.#get(name);
    if (typeof value !== "string") throw new Malformed(`${this.#at(name)} is not a text`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#get(name);
    if (typeof value !== "boolean") throw new Malformed(`${this.#at(name)} is neither true nor false`);
    return value;
  }

  oneOf<T extends string>(name: string, ...choices: readonly T[]): T {
    const value = this.text(name);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw new Malformed(`${this.#at(name)} is "${value}", and not one of ${choices.join(", ")}`);
    }
    return choice;
  }

  count(name: string): number {
    const value = this.#get(name);
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw new Malformed(`${this.#at(name)} is not a count`);
    }
    return value as number;
  }

  /** In ms. Whatever is no canonical instant has no time that rules could be applied to. */
  instant(name: string): number {
    const text = this.text(name);
    const ms = Date.parse(text);
    if (Number.isNaN(ms) || new Date(ms).toISOString() !== text) {
      throw new Malformed(`${this.#at(name)} is not an instant`);
    }
    return ms;
  }

  instantOrNull(name: string): number | null {
    return this.#get(name) === null ? null : this.instant(name);
  }

  texts(name: string): string[] {
    return this.#list(name).map((value) => {
      if (typeof value !== "string") throw new Malformed(`${this.#at(name)} holds what is not a text`);
      return value;
    });
  }

  list(name: string): Fields[] {
    return this.#list(name).map((value) => new Fields(value, this.#at(name)));
  }

  #list(name: string): unknown[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) throw new Malformed(`${this.#at(name)} is not a list`);
    return value;
  }

  #get(name: string): unknown {
    if (!this.has(name)) throw new Malformed(`${this.#at(name)} is missing`);
    return this.#value[name];
  }

  #at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }
}
