import * as z from "zod";
import type { Credential } from "../domain/accounts/account.ts";
import { jsonText } from "./json-text.ts";

/** A hash has at least 16 octets: an empty one would match every password. */
const credential = z.object({
	salt: z.base64().min(1),
	hash: z.base64().min(24),
	cost: z.int().min(2),
	until: z.int().exactOptional(),
	since: z.int().exactOptional(),
});

export const credentialsJson = jsonText.pipe(z.array(credential)) satisfies z.ZodType<Credential[]>;

export function credentialsToJson(credentials: readonly Credential[]): string {
	return JSON.stringify(credentials);
}
