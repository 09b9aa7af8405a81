import type { FastifyRequest } from "fastify";

/**
 * Whether a request is for the API, by the route that will answer it. Its address does not tell: `/%61pi/pin/set` is
 * `/api/pin/set` to the router.
 */
export const isApi = (request: FastifyRequest): boolean =>
  request.routeOptions.url?.startsWith("/api/") ?? false;
