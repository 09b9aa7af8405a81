import { z } from "zod";
import { MOST_HOURS } from "../../services/figures.ts";
import { instant } from "./common.ts";

export const figuresQuery = z.strictObject({
  hours: z
    .string()
    .regex(/^([1-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])$/, `1 to ${MOST_HOURS}`)
    .optional()
    .describe(`How many hours, the current one included, 1 to ${MOST_HOURS}; 24 if absent`),
});

const count = z.int();

const hour = z.strictObject({
  start: instant.describe("Start of the hour"),
  setUps: count.describe("First PINs, of all policies"),
  verifications: z.strictObject({
    right: count,
    wrong: count,
    refused: count.describe("Not let in, because the PIN was locked or disabled"),
  }),
  lockouts: count.describe("Locks that wrong PINs brought about"),
  weakRejections: count.describe(
    "Set-ups refused because the PIN was weak. They have no event: each process counts them, and writes the number " +
      "down every few seconds",
  ),
  longestAnchorLagMs: count
    .nullable()
    .describe(
      "The longest that an event of this hour waited until the service saw it in a block, or waits; null where there " +
        "is no event",
    ),
});

export const figuresAnswer = z
  .strictObject({
    asOf: instant,
    hours: z.array(hour).describe("In order, none left out; the last is the hour that goes on"),
  })
  .meta({ id: "SupportFigures" });
