/** Holds answers against the OpenAPI document: what a test asks of a service, it must answer as documented. */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>>;
}

/** These come before any operation and may meet every one: our parser's, our router's, and a service that closes. */
const OF_NO_OPERATION = new Set([405, 408, 414, 417, 431]);

const pointer = (...parts: string[]) =>
  parts.map((part) => `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");

/** @returns what is wrong with a reply; null where it is as documented, or nothing is */
export type Contract = (method: string, address: string, reply: Reply) => string | null;

/** Documents are large, and the services of a run have the same ones. */
const known = new Map<string, Contract>();

export function contractOf(document: object): Contract {
  const text = JSON.stringify(document);
  const contract = known.get(text) ?? compile(JSON.parse(text) as Document);
  known.set(text, contract);
  return contract;
}

function compile(document: Document): Contract {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "openapi.json");
  const routes = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  }));
  const validators = new Map<string, ValidateFunction>();
  const validatorAt = (place: string): ValidateFunction => {
    const validator = validators.get(place) ?? ajv.compile({ $ref: `openapi.json#${place}` });
    validators.set(place, validator);
    return validator;
  };

  return (method, address, { status, headers, body }) => {
    const path = decoded(address.replace(/[?#].*$/, ""));
    const route = routes.find(({ pattern }) => pattern.test(path))?.path;
    const name = method.toLowerCase();
    const operation = route === undefined ? undefined : document.paths[route]?.[name];
    if (route === undefined || operation === undefined || OF_NO_OPERATION.has(status)) return null;
    const response = operation.responses[status];
    if (response === undefined) return `the document has no ${status}`;
    if (response.content === undefined) return body === "" ? null : `the document has no body for ${status}`;
    const type = (headers.get("content-type") ?? "").replace(/;.*$/, "");
    if (response.content?.[type] === undefined) return `the document has no ${type} for ${status}`;
    const validate = validatorAt(
      pointer("paths", route, name, "responses", String(status), "content", type, "schema"),
    );
    return validate(body) ? null : ajv.errorsText(validate.errors, { dataVar: "the answer" });
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
