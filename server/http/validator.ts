import type { FastifySchemaCompiler } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import type { ZodType } from "zod";
import { Refusal } from "../domain/errors.ts";

/**
 * zod looks at the length of what it has found to be no string; `{"length":{"toString":1}}` makes that throw. A value on
 * which a schema fails is not valid, whatever it does to the schema.
 */
export const validator: FastifySchemaCompiler<ZodType> = (route) => {
  const validate = validatorCompiler(route);
  return (data) => {
    try {
      return validate(data) as { value: unknown };
    } catch {
      const detail = "The request does not have the documented form.";
      return { error: new Refusal("VALIDATION_ERROR", detail, { reason: "wrong_type" }) };
    }
  };
};
