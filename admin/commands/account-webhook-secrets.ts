import { randomBytes } from "node:crypto";
import * as z from "zod";
import { secretPrefix } from "#shared/domain/reports/webhook-signature.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { asRecord, asSentence } from "../output.ts";
import { accountOf, webhookSecretRepository } from "./account-repositories.ts";
import { webhookOf } from "./account-webhooks.ts";

const account = z.object({ account: accountName });
/** The length of the hash, as Standard Webhooks recommend. */
const secretOctets = 32;
const secretsMax = 2;

const rotate = command({
	call: "rotate <account>",
	description: "give an account's webhook a new signing secret and print it once",
	notes:
		"A minute later every report is signed with both secrets, until `accounts webhook secret retire` removes the old one.\nThis command also makes the first secret: without a secret, reports are not signed.",
	example: "accounts webhook secret rotate kaspi --stage prod",
	input: account,
	async run({ account: userName }, target) {
		const secret = `${secretPrefix}${randomBytes(secretOctets).toString("base64")}`;
		webhookOf(await accountOf(target, userName));
		const { secrets } = await webhookSecretRepository(target).change(userName, (known) => {
			if (known.secrets.length >= secretsMax) {
				throw new CommandError(
					`${userName} has two secrets: remove the older one first with "accounts webhook secret retire"`,
				);
			}
			return { ...known, secrets: [...known.secrets, secret] };
		});
		return asRecord({ account: userName, secret, secrets: secrets.length });
	},
});

const retire = command({
	call: "retire <account>",
	description: "remove the old signing secret of an account's webhook; the newest stays",
	irreversible: "makes reports fail at a server that knows only the old secret",
	example: "accounts webhook secret retire kaspi --yes --stage prod",
	input: account,
	async run({ account: userName }, target) {
		let retired = 0;
		webhookOf(await accountOf(target, userName));
		await webhookSecretRepository(target).change(userName, (known) => {
			const secrets = known.secrets.slice(-1);
			retired = known.secrets.length - secrets.length;
			return { ...known, secrets };
		});
		const text = retired === 0 ? "there was no old secret" : "the old secret is removed";
		return asSentence(text, { account: userName, retired });
	},
});

export const webhookSecretCommands = [rotate, retire];
