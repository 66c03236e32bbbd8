import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { controlError, controlSocketOf, localStackEnv } from "#shared/contracts/local-stack-info.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { problemOfOwnFolder } from "#shared/net/own-folder.ts";
import { CommandError, inOneLine } from "./errors.ts";

/** The control socket of the local stack on this machine. Only the user who runs the stack can open it. */
export type LocalControl = {
	/** @throws CommandError if no local stack answers, or if it refuses. */
	request(method: "GET" | "POST", path: string, body?: object, withinMs?: number): Promise<unknown>;
};

const answerWithinMs = 5_000;

export function localControl(): LocalControl {
	const { SMSGW_DATA: dataPath, SMSGW_HTTP_PORT: httpPort } = readEnv(localStackEnv);
	const socketPath = controlSocketOf({ dataPath, httpPort });
	return {
		async request(method, path, body, withinMs = answerWithinMs) {
			const problem = problemOfOwnFolder(dirname(socketPath));
			if (problem !== undefined)
				throw new CommandError(`another user could answer in place of the local stack: ${problem}`);
			const call = request({ socketPath, method, path, signal: AbortSignal.timeout(withinMs) });
			call.end(body === undefined ? undefined : JSON.stringify(body));
			const response = await once(call, "response").then(
				([answer]) => answer as IncomingMessage,
				(error: unknown) => {
					throw new CommandError(`no local stack answers at ${socketPath}: ${adviceOn(error, dataPath)}`);
				},
			);
			const answer: unknown = JSON.parse(await text(response));
			if (response.statusCode === 200) return answer;
			throw new CommandError(controlError.parse(answer).error);
		},
	};
}

function adviceOn(error: unknown, dataPath: string | undefined): string {
	const { code } = error as NodeJS.ErrnoException;
	if (code === "EACCES") return "only the user who started it may open it";
	const setting =
		dataPath === undefined ? "set SMSGW_DATA or SMSGW_HTTP_PORT as for npm start" : "set SMSGW_DATA as for npm start";
	return `start one with "npm start", or ${setting} (${inOneLine(error)})`;
}
