import { z } from "zod";
import type { Credential } from "../domain/account.ts";
import { jsonText } from "./json-text.ts";

const credential = z.object({ salt: z.base64(), hash: z.base64(), cost: z.int().min(2) });

/** An account's passwords, as the Credentials table writes them. */
export const credentialsText = jsonText.pipe(z.array(credential)) satisfies z.ZodType<Credential[]>;
