import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import {
	type BackupReport,
	backupPath,
	backupRequest,
	type LocalStackInfo,
	localStackInfoPath,
} from "#shared/contracts/local-stack-info.ts";
import { listenAlone, socketPathMax } from "../processes/exclusive-socket.ts";
import { openOwnFolder } from "../processes/own-folder.ts";

/** What the command line may ask of a running local stack. */
export type ControlActions = {
	readonly info: LocalStackInfo;
	/** Copies the data into a new folder. @throws Error of one line. */
	backUp(folder: string): Promise<BackupReport>;
};

export type Control = {
	/** Before this call every request gets a 503. */
	serve(actions: ControlActions): void;
	close(): void;
};

/**
 * The control socket of `smsgw --local`. Only this user can open it. It also shows that this local stack is the only one at its path.
 * @returns undefined if another process listens there.
 */
export async function openControl(path: string): Promise<Control | undefined> {
	if (Buffer.byteLength(path) > socketPathMax) {
		throw new Error(`the path of the control socket is longer than ${socketPathMax} octets: ${path}`);
	}
	openOwnFolder(dirname(path));
	let actions: ControlActions | undefined;
	const server = createServer((request, response) => {
		answer(actions, request, response).catch((error: unknown) => send(response, 500, { error: messageOf(error) }));
	});
	if (!(await listenAlone(server, path))) return undefined;
	return {
		serve: (given) => {
			actions = given;
		},
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

async function answer(
	actions: ControlActions | undefined,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	if (actions === undefined) return send(response, 503, { error: "the local stack is starting" });
	switch (`${request.method} ${request.url}`) {
		case `GET ${localStackInfoPath}`:
			return send(response, 200, actions.info);
		case `POST ${backupPath}`: {
			const { folder } = backupRequest.parse(JSON.parse(await text(request)));
			return send(response, 200, await actions.backUp(folder));
		}
		default:
			return send(response, 404, { error: `there is no ${request.method} ${request.url}` });
	}
}

function send(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
