import { randomBytes } from "node:crypto";
import * as z from "zod";
import { secretPrefix } from "#shared/domain/reports/webhook-signature.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { asRecord, asSentence } from "../output.ts";
import { changeAccount } from "./account-books.ts";
import { webhookOf } from "./account-webhooks.ts";

const account = z.object({ account: accountName });
/** As Standard Webhooks advise: as many octets as the hash has. */
const secretOctets = 32;
const secretsMax = 2;

const rotate = command({
	call: "rotate <account>",
	description: "gives an account's webhook a new signing secret, and prints it once",
	notes:
		"Every report is signed with both from then on, until `accounts webhook secret retire` takes the old one away.\nThe first secret of a webhook is made by this command too: without one, nothing is signed.",
	example: "accounts webhook secret rotate kaspi --stage prod",
	input: account,
	async run({ account: userName }, target) {
		const secret = `${secretPrefix}${randomBytes(secretOctets).toString("base64")}`;
		const { webhook } = await changeAccount(target, userName, (before) => {
			const known = webhookOf(before);
			if (known.secrets.length >= secretsMax) {
				throw new CommandError(
					`${userName} has two secrets: take the older away first, by "accounts webhook secret retire"`,
				);
			}
			return { ...before, webhook: { ...known, secrets: [...known.secrets, secret] } };
		});
		return asRecord({ account: userName, secret, secrets: webhook?.secrets.length });
	},
});

const retire = command({
	call: "retire <account>",
	description: "takes the old signing secret of an account's webhook away; the newest stays",
	irreversible: "makes reports fail at a server that knows only the old secret",
	example: "accounts webhook secret retire kaspi --yes --stage prod",
	input: account,
	async run({ account: userName }, target) {
		let retired = 0;
		await changeAccount(target, userName, (before) => {
			const webhook = webhookOf(before);
			const secrets = webhook.secrets.slice(-1);
			retired = webhook.secrets.length - secrets.length;
			return { ...before, webhook: { ...webhook, secrets } };
		});
		const text = retired === 0 ? "there was no old secret" : "the old secret is taken away";
		return asSentence(text, { account: userName, retired });
	},
});

export const webhookSecretCommands = [rotate, retire];
