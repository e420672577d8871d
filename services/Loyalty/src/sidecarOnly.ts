import { timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";

/** Where APP_API_TOKEN is set, only the sidecar is served: it sends the token with every call. Health probes need none. */
export function sidecarOnly(token: string | undefined): RequestHandler {
  const expected = Buffer.from(token ?? "");
  return (request, response, next) => {
    const given = Buffer.from(request.get("dapr-api-token") ?? "");
    if (expected.length === 0 || request.path === "/healthz" || (given.length === expected.length && timingSafeEqual(given, expected))) next();
    else response.sendStatus(401);
  };
}
