import { randomBytes } from "node:crypto";
import * as z from "zod";
import { metadataKeys } from "#infra/entries.ts";
import { localReferences, resourcesOfType } from "./local-references.ts";
import type { Template } from "./template.ts";

const properties = z.object({
	SecretString: z.string().optional(),
	GenerateSecretString: z
		.object({
			PasswordLength: z.number().default(32),
			SecretStringTemplate: z.string().optional(),
			GenerateStringKey: z.string().optional(),
		})
		.optional(),
});

/**
 * A value for each secret of the template, by its ARN: the one in `chosen` for its role, else the template's, else a random one for
 * this run.
 */
export function generateSecrets(
	template: Template,
	region: string,
	chosen: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
	const references = localReferences(template, { region, sqsUrl: "http://unused", secrets: new Map() });
	const values = resourcesOfType(template, "AWS::SecretsManager::Secret").map(([id, { Properties, Metadata }]) => {
		const role = Metadata[metadataKeys.role];
		const value = (typeof role === "string" ? chosen[role] : undefined) ?? generated(properties.parse(Properties));
		return [references.ref(id), value] as const;
	});
	return new Map(values);
}

/** The values by the secrets' roles, for a later run of the same stack. */
export function secretsByRole(
	template: Template,
	region: string,
	values: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
	const references = localReferences(template, { region, sqsUrl: "http://unused", secrets: new Map() });
	const all = resourcesOfType(template, "AWS::SecretsManager::Secret").map(([id, { Metadata }]) => [
		String(Metadata[metadataKeys.role]),
		values.get(references.ref(id)) ?? "",
	]);
	return Object.fromEntries(all);
}

function generated({ SecretString, GenerateSecretString }: z.output<typeof properties>): string {
	if (!GenerateSecretString) return SecretString ?? "";
	const { PasswordLength, SecretStringTemplate, GenerateStringKey } = GenerateSecretString;
	const password = randomBytes(PasswordLength).toString("hex").slice(0, PasswordLength);
	if (GenerateStringKey === undefined) return password;
	const rest = JSON.parse(SecretStringTemplate ?? "{}") as Record<string, unknown>;
	return JSON.stringify({ ...rest, [GenerateStringKey]: password });
}
