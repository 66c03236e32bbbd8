import { randomInt } from "node:crypto";
import * as z from "zod";
import { generatePassword, newestOnly, validAt, withNewPassword } from "#shared/domain/accounts/passwords.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, duration, passwordFile, secretIn } from "../inputs.ts";
import { asRecord, asSentence } from "../output.ts";
import { accountOf, credentialBook } from "./account-books.ts";

/** @param forSmpp whether it must fit into a bind, which has room for eight characters. */
export function randomPassword(forSmpp: boolean): string {
	return generatePassword(forSmpp, randomInt);
}

const rotate = command({
	call: "rotate <account>",
	description: "gives an account a new password, and prints it once; the old one stays good besides",
	notes:
		"The old one is good until `accounts password retire`, or as long as --overlap says. A password of an account\nthat may bind by SMPP has eight characters, for a bind has room for no more.",
	options: [
		["--overlap <time>", "how long the old password stays good: 30m, 24h, 7d; 0s ends it within a minute"],
		["--password-file <file>", "take the new one from this file (- is standard input) in the place of a generated one"],
	],
	example: "accounts password rotate kaspi --overlap 24h --stage prod",
	input: z.object({ account: accountName, overlap: duration.optional(), passwordFile }),
	async run({ account: userName, overlap, passwordFile }, target) {
		const { smpp } = await accountOf(target, userName);
		const password = passwordFile === undefined ? randomPassword(smpp !== null) : await secretIn(passwordFile);
		const fresh = await credentialFor(password);
		const now = Date.now();
		const oldUntil = overlap === undefined ? null : now + overlap;
		const kept = await credentialBook(target).change(userName, (credentials) => {
			const after = withNewPassword(credentials, fresh, now, oldUntil);
			if (after === null) {
				throw new CommandError(
					`${userName} has two passwords: take the older away first, by "accounts password retire"`,
				);
			}
			return after;
		});
		const [old] = kept.length > 1 ? kept : [];
		const oldEnds = old?.until === undefined ? "when it is retired" : almatyText(old.until);
		return asRecord({
			account: userName,
			...(passwordFile === undefined && { password }),
			old_password_ends: old === undefined ? "now" : oldEnds,
		});
	},
});

const retire = command({
	call: "retire <account>",
	description: "takes an account's old password away; the newest stays",
	irreversible: "shuts out within a minute whoever still uses the old password",
	example: "accounts password retire kaspi --yes --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await accountOf(target, userName);
		let retired = 0;
		await credentialBook(target).change(userName, (credentials) => {
			const kept = newestOnly(credentials);
			retired = validAt(credentials, Date.now()).length - validAt(kept, Date.now()).length;
			return kept;
		});
		const text = retired === 0 ? "there was no old password" : "the old password is taken away";
		return asSentence(text, { account: userName, retired });
	},
});

export const passwordCommands = [rotate, retire];
