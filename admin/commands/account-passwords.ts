import { randomInt } from "node:crypto";
import * as z from "zod";
import { generatePassword, newestOnly, validAt, withNewPassword } from "#shared/domain/accounts/passwords.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, duration, passwordFile, secretIn } from "../inputs.ts";
import { asRecord, asSentence } from "../output.ts";
import { accountOf, credentialRepository } from "./account-repositories.ts";

/** @param forSmpp makes it fit into a bind: eight characters. */
export function randomPassword(forSmpp: boolean): string {
	return generatePassword(forSmpp, randomInt);
}

const rotate = command({
	call: "rotate <account>",
	description: "give an account a new password and print it once; the old password stays valid",
	notes:
		"The old password is valid until `accounts password retire`, or for the time in --overlap. If the account may bind by\nSMPP, the new password has eight characters: a bind has room for no more.",
	options: [
		["--overlap <time>", "how long the old password stays valid: 30m, 24h, 7d; 0s ends it within a minute"],
		["--password-file <file>", "use the password in this file (- is standard input) instead of a generated one"],
	],
	example: "accounts password rotate kaspi --overlap 24h --stage prod",
	input: z.object({ account: accountName, overlap: duration.optional(), passwordFile }),
	async run({ account: userName, overlap, passwordFile }, target) {
		const { smpp } = await accountOf(target, userName);
		const password = passwordFile === undefined ? randomPassword(smpp !== null) : await secretIn(passwordFile);
		const fresh = await credentialFor(password, Date.now());
		const now = Date.now();
		const oldUntil = overlap === undefined ? null : now + overlap;
		const kept = await credentialRepository(target).change(userName, (credentials) => {
			const after = withNewPassword(credentials, fresh, now, oldUntil);
			if (after === null) {
				throw new CommandError(
					`${userName} has two passwords: remove the older one first with "accounts password retire"`,
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
	description: "remove an account's old password; the newest stays",
	irreversible: "locks out clients that use the old password, within a minute",
	example: "accounts password retire kaspi --yes --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await accountOf(target, userName);
		let retired = 0;
		await credentialRepository(target).change(userName, (credentials) => {
			const kept = newestOnly(credentials);
			retired = validAt(credentials, Date.now()).length - validAt(kept, Date.now()).length;
			return kept;
		});
		const text = retired === 0 ? "there was no old password" : "the old password is removed";
		return asSentence(text, { account: userName, retired });
	},
});

export const passwordCommands = [rotate, retire];
