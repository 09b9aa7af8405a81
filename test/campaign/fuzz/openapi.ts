/** Reads the live OpenAPI document: every operation that it names is fuzzed, also those added tomorrow. */
import type { Random } from "../../../scripts/campaign/random.ts";
import { PINS } from "./canaries.ts";
import { nastyString, object } from "./nasty.ts";
import type { Json } from "./nasty.ts";
import { hex } from "./world.ts";
import type { World } from "./world.ts";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly enum?: Json[];
  readonly const?: Json;
  readonly format?: string;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema?: Schema;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  /** It takes an access token, and no API key. */
  readonly forUsers: boolean;
}

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            parameters?: Parameter[];
            requestBody?: { content: Record<string, { schema: Schema }> };
            security?: Record<string, unknown>[];
          }
        >
      >
    >
  >;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const METHODS = new Set(["get", "post", "put", "patch", "delete"]);
/** A field whose value is nobody's business. */
export const isSecret = (name: string): boolean => /pin|otp|code|password|secret|token/i.test(name);

export class Api {
  readonly operations: readonly Operation[];
  readonly #schemas: Readonly<Record<string, Schema>>;
  readonly #world: World;

  constructor(document: Document, world: World) {
    this.#world = world;
    this.#schemas = document.components?.schemas ?? {};
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => METHODS.has(method))
        .map(([method, { parameters = [], requestBody, security = [] }]) => ({
          method: method.toUpperCase(),
          path,
          parameters,
          body: Object.values(requestBody?.content ?? {})[0]?.schema ?? null,
          forUsers: security.some((way) => "bearerAuth" in way),
        })),
    );
    // Where there is more to get wrong, more is tried.
    const weight = ({ body, parameters }: Operation) => (body !== null ? 5 : parameters.length > 0 ? 3 : 1);
    this.operations = operations.flatMap((one) => Array<Operation>(weight(one)).fill(one));
  }

  /** A body as documented, about one person. */
  body(random: Random, schema: Schema): Json {
    return this.value(random, schema, "", random.pick(this.#world.phones));
  }

  value(random: Random, given: Schema, name: string, phone: string = random.pick(this.#world.phones)): Json {
    const schema = this.#resolve(given);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return random.pick(schema.enum);
    if (schema.anyOf !== undefined) return this.value(random, random.pick(schema.anyOf), name, phone);
    switch (Array.isArray(schema.type) ? random.pick(schema.type) : schema.type) {
      case "object":
        return this.#object(random, schema, phone);
      case "array":
        return this.#array(random, schema, name, phone);
      case "boolean":
        return random.chance(0.5);
      case "integer":
      case "number":
        return random.int(1_000);
      case "null":
        return null;
      default:
        return this.#string(random, schema, name, phone);
    }
  }

  #resolve(schema: Schema): Schema {
    const name = schema.$ref?.split("/").at(-1);
    return name === undefined ? schema : (this.#schemas[name] ?? {});
  }

  #object(random: Random, { properties = {}, required = [] }: Schema, phone: string): Json {
    return object(
      Object.entries(properties)
        .filter(([name]) => required.includes(name) || random.chance(0.5))
        .map(([name, schema]) => [name, this.value(random, schema, name, phone)] as const),
    );
  }

  #array(
    random: Random,
    { items = {}, minItems = 0, maxItems = 5 }: Schema,
    name: string,
    phone: string,
  ): Json {
    const values = Array.from({ length: minItems + random.int(maxItems - minItems + 1) }, () =>
      this.value(random, items, name, phone),
    );
    return values.filter((value, index) => typeof value === "object" || values.indexOf(value) === index);
  }

  #string(random: Random, schema: Schema, name: string, phone: string): string {
    if (/phone/i.test(name)) return phone;
    if (/otp|code/i.test(name)) return this.#world.codeFor(random, phone);
    if (/pin/i.test(name)) return random.pick(PINS);
    if (/consentId/.test(name)) return this.#world.consentId(random);
    if (/subjectId|^id$/.test(name) && schema.pattern?.includes("0x")) return this.#world.subjectId(random);
    if (schema.format === "uuid") return this.#world.eventId(random);
    if (schema.format === "date-time") return new Date(Date.UTC(2020 + random.int(20))).toISOString();
    if (/hash/i.test(name)) return hex(random, 64);
    if (/version/i.test(name)) return "2026-01";
    return [...nastyString(random)].slice(0, schema.maxLength ?? 100).join("");
  }
}
