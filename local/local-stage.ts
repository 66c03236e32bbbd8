import { type Stage, stageSchema } from "#infra/stage.ts";
import { type Operator, operators } from "#shared/domain/message/operators.ts";
import type { OperatorsFile } from "./local-stack-options.ts";
import { account } from "./template/local-references.ts";
import { loopback } from "./wire/listen.ts";

const simulated = { host: loopback, system_id: "smsgw", binds: 1, tps: 10_000, window: 500 } as const;
const simulatedPassword = "local";

/** Short, because the SMPP service is started again within a second and waits until its earlier leases expire. */
export const localLeaseSeconds = 6;

/** Of the demo account, to the simulated operator. */
export const localCanary = { account: "demo", sender: "SMSGW", number: "77010000000" } as const;

export const localRegion = "eu-central-1";

export type LocalStageInput = {
	readonly httpPort: number;
	readonly operatorPorts: Readonly<Record<string, number>>;
	readonly given: OperatorsFile;
	readonly changes: Partial<Stage>;
};

export function localStage({ httpPort, operatorPorts, given, changes }: LocalStageInput): Stage {
	const smscs = operators.map((operator) => {
		const { password: _, ...smsc } = given[operator] ?? { ...simulated, port: operatorPorts[operator], password: "" };
		return [operator, smsc] as const;
	});
	return stageSchema.parse({
		name: "local",
		account,
		region: localRegion,
		publicUrl: `http://${loopback}:${httpPort}`,
		operators: Object.fromEntries(smscs),
		privateWebhooks: true,
		leaseSeconds: localLeaseSeconds,
		...changes,
	});
}

export function localPasswords(given: OperatorsFile): string {
	const all = operators.map((operator) => [operator, given[operator]?.password ?? simulatedPassword] as const);
	return JSON.stringify(Object.fromEntries(all));
}

export function simulatedBinds(stage: Stage, given: OperatorsFile): readonly (readonly [Operator, number])[] {
	return operators.flatMap((operator) => {
		const smsc = stage.operators[operator];
		return smsc === undefined || given[operator] !== undefined ? [] : [[operator, smsc.binds] as const];
	});
}
