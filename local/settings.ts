import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, isIP } from "node:net";
import * as z from "zod";
import { jsonText } from "#shared/contracts/json-text.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { operatorsFile } from "#shared/contracts/smscs.ts";
import { operators as allOperators } from "#shared/domain/message/operators.ts";
import { isAnyAddress } from "./api-address.ts";
import type { ShownLog } from "./live-log/show-log.ts";
import type { LocalStackOptions, OperatorsFile } from "./local-stack-options.ts";
import { localCanary } from "./local-stage.ts";
import { readTls } from "./tls-files.ts";
import { listen, loopback } from "./wire/listen.ts";

/** A wrong setting of `npm start`. The message is one line and names the variable. */
export class BadSetting extends Error {}

const port = (standard: number) => z.coerce.number().int().min(1).max(65_535).default(standard);

const yesOrNo = z.stringbool({ truthy: ["yes"], falsy: ["no"] });
const path = z.string().min(1).optional();

const startEnv = z.object({
	SMSGW_HTTP_PORT: port(8_080),
	SMSGW_SMPP_PORT: port(2_775),
	SMSGW_SINK_PORT: port(8_081),
	SMSGW_CONSOLE_PORT: port(8_082),
	/** Path of a file with the SMSCs to bind to instead of the simulated ones. */
	SMSGW_OPERATORS: path,
	/** Whether a canary is sent every five minutes, as on AWS. */
	SMSGW_CANARY: yesOrNo.default(false),
	/** Path of a folder for data that outlives the run. */
	SMSGW_DATA: path,
	/** What `npm start` shows of the log. */
	SMSGW_LOG: z.enum(["short", "raw", "off"]).optional(),
	/** Whether there are demo accounts, simulated operators and a webhook server. */
	SMSGW_DEMO: z.stringbool({ truthy: ["on"], falsy: ["off"] }).default(true),
	/** The address to listen on. */
	SMSGW_HOST: z
		.string()
		.refine((given) => isIP(given) !== 0, "must be an IP address of this machine, or 0.0.0.0")
		.default(loopback),
	/** The API's address for clients. */
	SMSGW_PUBLIC_URL: z
		.string()
		.regex(
			/^https?:\/\/[^\s/?#]+$/,
			"must be a scheme and a host without a slash at the end, such as https://sms.example.kz",
		)
		.optional(),
	/** Paths of a certificate and its key, in PEM. */
	SMSGW_TLS_CERT: path,
	SMSGW_TLS_KEY: path,
	SMSGW_SMPP_TLS_PORT: port(3_550),
	/** Whether reports may go to private addresses. Default: with the demo only. */
	SMSGW_PRIVATE_WEBHOOKS: yesOrNo.optional(),
});

/** Ports that only this machine reaches, whatever the address of the API is. */
const onLoopback: readonly string[] = ["SMSGW_SINK_PORT", "SMSGW_CONSOLE_PORT"];

type StartEnv = z.output<typeof startEnv>;

export type Settings = LocalStackOptions & {
	/** A problem with which the gateway can still run. */
	readonly warning: string | undefined;
	readonly shownLog: ShownLog;
};

/**
 * Reads the settings of `npm start` and checks that all ports are free.
 * @throws BadSetting
 */
export async function readSettings(): Promise<Settings> {
	const env = readStartEnv();
	const operators = env.SMSGW_OPERATORS === undefined ? {} : readOperators(env.SMSGW_OPERATORS);
	checkTogether(env, operators);
	const tls = readTlsFiles(env);
	await mustBeFree(portsOf(env), env.SMSGW_HOST);
	return {
		httpPort: env.SMSGW_HTTP_PORT,
		smppPort: env.SMSGW_SMPP_PORT,
		smppTlsPort: env.SMSGW_SMPP_TLS_PORT,
		sinkPort: env.SMSGW_SINK_PORT,
		...(env.SMSGW_DEMO && { consolePort: env.SMSGW_CONSOLE_PORT }),
		host: env.SMSGW_HOST,
		...(tls && { tls: { cert: tls.cert, key: tls.key } }),
		publicUrl: env.SMSGW_PUBLIC_URL,
		demo: env.SMSGW_DEMO,
		operators,
		stage: {
			privateWebhooks: env.SMSGW_PRIVATE_WEBHOOKS ?? env.SMSGW_DEMO,
			...(env.SMSGW_CANARY && { canary: localCanary }),
		},
		dataPath: env.SMSGW_DATA,
		keepsLog: true,
		shownLog: env.SMSGW_DEMO ? (env.SMSGW_LOG ?? "short") : "off",
		warning: tls?.problem,
	};
}

function portsOf(env: StartEnv): Readonly<Record<string, number>> {
	return {
		SMSGW_HTTP_PORT: env.SMSGW_HTTP_PORT,
		SMSGW_SMPP_PORT: env.SMSGW_SMPP_PORT,
		...(env.SMSGW_DEMO && { SMSGW_SINK_PORT: env.SMSGW_SINK_PORT, SMSGW_CONSOLE_PORT: env.SMSGW_CONSOLE_PORT }),
		...(env.SMSGW_TLS_CERT !== undefined && { SMSGW_SMPP_TLS_PORT: env.SMSGW_SMPP_TLS_PORT }),
	};
}

/** Rules over several settings. */
function checkTogether(env: StartEnv, given: OperatorsFile): void {
	const missing = allOperators.filter((operator) => given[operator] === undefined);
	const isLocal = env.SMSGW_HOST === "::1" || env.SMSGW_HOST.startsWith("127.");
	if (env.SMSGW_DEMO && !isLocal) {
		throw new BadSetting("SMSGW_HOST: the passwords of the demo accounts are public, so set SMSGW_DEMO=off too");
	}
	if (isAnyAddress(env.SMSGW_HOST) && env.SMSGW_PUBLIC_URL === undefined) {
		throw new BadSetting(
			`SMSGW_PUBLIC_URL: set it to what clients know the API by: ${env.SMSGW_HOST} is every address of this machine`,
		);
	}
	if (!env.SMSGW_DEMO && missing.length > 0) {
		throw new BadSetting(`SMSGW_DEMO=off: SMSGW_OPERATORS must have an SMSC for ${missing.join(", ")} too`);
	}
	if (!env.SMSGW_DEMO && env.SMSGW_LOG !== undefined) {
		throw new BadSetting("SMSGW_LOG: with SMSGW_DEMO=off the whole log is on the standard output");
	}
	if (!env.SMSGW_DEMO && env.SMSGW_CANARY) {
		throw new BadSetting("SMSGW_CANARY: the canary is a message of a demo account, so it needs SMSGW_DEMO=on");
	}
	if ((env.SMSGW_TLS_CERT === undefined) !== (env.SMSGW_TLS_KEY === undefined)) {
		throw new BadSetting("SMSGW_TLS_CERT and SMSGW_TLS_KEY: give both or none");
	}
}

function readTlsFiles({ SMSGW_TLS_CERT: cert, SMSGW_TLS_KEY: key }: StartEnv) {
	if (cert === undefined || key === undefined) return undefined;
	try {
		return readTls({ cert, key }, Date.now());
	} catch (error) {
		throw new BadSetting(`SMSGW_TLS_CERT, SMSGW_TLS_KEY: ${inOneLine(error)}`);
	}
}

function readStartEnv(): StartEnv {
	try {
		return readEnv(startEnv);
	} catch (error) {
		throw new BadSetting(inOneLine(error));
	}
}

function readOperators(file: string): OperatorsFile {
	try {
		const parsed = jsonText.pipe(operatorsFile).safeParse(readFileSync(file, "utf8"));
		if (parsed.success) return parsed.data;
		throw new Error(z.prettifyError(parsed.error));
	} catch (error) {
		throw new BadSetting(`SMSGW_OPERATORS: ${file}: ${inOneLine(error)}`);
	}
}

/** Opens all ports before it closes them, which also finds two variables with the same port. */
async function mustBeFree(ports: Readonly<Record<string, number>>, host: string): Promise<void> {
	const held = Object.entries(ports).map(([name, wanted]) => ({ name, wanted, server: createServer() }));
	try {
		for (const { name, wanted, server } of held) {
			await listen(server, wanted, 0, onLoopback.includes(name) ? loopback : host).catch(
				(error: NodeJS.ErrnoException) => {
					if (error.code === "EADDRNOTAVAIL") throw new BadSetting(`SMSGW_HOST: ${host} is no address of this machine`);
					const why = error.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${error.code})`;
					throw new BadSetting(`port ${wanted} ${why}: set ${name} to another port`);
				},
			);
		}
	} finally {
		const opened = held.filter(({ server }) => server.listening);
		for (const { server } of opened) server.close();
		await Promise.all(opened.map(async ({ server }) => await once(server, "close")));
	}
}

function inOneLine(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return text.replaceAll(/\s*\n\s*/g, " ");
}
