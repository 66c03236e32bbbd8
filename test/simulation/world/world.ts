import type { PlannedFault } from "../aws/fault-plan.ts";
import { activateAws } from "../aws/patch-clients.ts";
import { observe } from "../checks/observer.ts";
import { receiptName } from "../checks/reports.ts";
import { activate, type Kernel, openKernel } from "../kernel/kernel.ts";
import { clearNetwork } from "../kernel/network.ts";
import { accounts, loginOf } from "./accounts.ts";
import { simulatedAlarms } from "./alarms.ts";
import { simulatedApi } from "./api.ts";
import { batchOperator } from "./batch-operator.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { eventSources } from "./deployment.ts";
import { type Esme, faultyEsme, healthyEsme, simulatedEsme } from "./esme.ts";
import { mapQueue } from "./event-source-mapping.ts";
import { type AnyHandler, type SimulatedFunctions, simulatedFunctions } from "./functions.ts";
import type { Code } from "./load-code.ts";
import { restClient } from "./rest-client.ts";
import type { HistorySettings } from "./settings.ts";
import { type SmppTasks, smppTasks } from "./smpp-tasks.ts";
import { simulatedSmsc } from "./smsc.ts";
import { faultySmsc, healthySmsc, type SmscBehaviour } from "./smsc-behaviour.ts";
import { faultyWebhook, healthyWebhook, type WebhookBehaviour, webhookServers } from "./webhook-server.ts";

export type WorldOptions = {
	readonly code: Code;
	readonly settings: HistorySettings;
	readonly isTraced: boolean;
	/** Changes of the SMSCs' behaviour. */
	readonly smsc?: Partial<SmscBehaviour> | undefined;
	/** Changes of the webhooks' behaviour. */
	readonly webhook?: Partial<WebhookBehaviour> | undefined;
	/** The faults of a step's calls, in order. */
	readonly script?: ReadonlyMap<string, readonly (PlannedFault | undefined)[]>;
};
export type World = ReturnType<typeof openWorld>;

/** Whether this kind of fault occurs now. */
type HasFault = (kind: string) => boolean;

/** The gateway as its template deploys it, and its environment, in one history. The SMPP tasks are not started yet. */
export function openWorld({ code, settings, isTraced, script, smsc, webhook }: WorldOptions) {
	const { seed, startAt, faults: kinds } = settings;
	clearNetwork();
	const kernel = openKernel({ seed, startAt, isTraced });
	activate(kernel);
	const faultsUntil = startAt + settings.trafficMs + settings.faultsMs;
	const hasFault: HasFault = (kind) => kinds.has(kind as never) && kernel.now < faultsUntil;
	const skewMs = (name: string) => (kinds.has("clock-skew") ? (kernel.draws.number(name, "skew") - 0.5) * 4_000 : 0);

	const seen = observe(kernel, settings.operators, (table, key) => cloud.dynamo.item(table, key));
	const cloud = openCloud({
		...seen,
		kernel,
		settings,
		faultsUntil,
		hasFault,
		script,
		onSchedule: () => alarms.changed(),
	});
	const { clientPromises, reports } = seen;

	const webhooks = webhookServers({
		kernel,
		behaviour: () => ({ ...(hasFault("webhook-trouble") ? faultyWebhook : healthyWebhook), ...webhook }),
		onTaken(userName, { delivery_report = [], incoming_report = [] }) {
			for (const { message_id, status, error_code, client_message_id } of delivery_report) {
				reports.taken(message_id, status);
				if (error_code === "23") clientPromises.clientIdPromised(userName, client_message_id ?? "", "23 in a report");
			}
			for (const { sender } of incoming_report) reports.moTaken(sender);
		},
	});
	const functions = simulatedFunctions({
		kernel,
		handlerOf: (role) => (role === "reports" ? code.handlers.reports(webhooks) : code.handlers[role]()) as AnyHandler,
		skewMs,
	});
	const alarms = alarmsOf(kernel, cloud, functions, hasFault);
	mapQueues(kernel, cloud, functions, hasFault);

	const moDelivered = new Set<string>();
	const smscs = settings.operators.map(({ operator, receiptIds }) =>
		simulatedSmsc({
			kernel,
			operator,
			behaviour: () => ({ ...(hasFault("smsc-trouble") ? faultySmsc : healthySmsc), receiptIds, ...smsc }),
			onSubmit: seen.onSubmit,
			onBound: seen.onBound,
			onMoDelivered: (reference) => void moDelivered.add(reference),
		}),
	);
	const tasks = smppTasks({ kernel, code, env: smppEnvironment(settings), skewMs, onUp: () => esme.wake() });
	const esme: Esme = simulatedEsme({
		kernel,
		login: loginOf("esme"),
		task: () => addressOf(kernel, tasks),
		behaviour: () => (hasFault("esme-trouble") ? faultyEsme : healthyEsme),
		onReceipt: (id, recipient, state) => reports.taken(receiptName(id, recipient), state),
		onMo: reports.moTaken,
	});
	const api = simulatedApi(kernel, functions);
	const clients = (["hook", "replay"] as const).map((userName) =>
		restClient({
			kernel,
			api,
			userName,
			isImpatient: () => hasFault("impatient-client") && kernel.draws.chance(userName, "is impatient", 0.3),
			clientPromises,
		}),
	);

	return {
		...cloud,
		...seen,
		kernel,
		settings,
		/** Number of actions left for scripted clients. */
		acts: { left: 0 },
		faultsUntil,
		hasFault,
		/** Whether its SMSCs behave as a scenario says. */
		hasOwnSmsc: smsc !== undefined,
		isReportedBySmpp: (userName: string) => accounts[userName as keyof typeof accounts]?.smpp !== null,
		/** Subscribers' messages of which the gateway confirmed every part. */
		moDelivered,
		functions,
		batchOperator: batchOperator(kernel, code),
		smscs,
		tasks,
		esme,
		clients,
		api,
		/** Every process dies, and tables, queues and schedules are lost. */
		lose() {
			tasks.lose();
			functions.lose();
			cloud.lose();
			seen.lose();
		},
		close() {
			activate(undefined);
			activateAws(undefined);
		},
	};
}

function alarmsOf(kernel: Kernel, { scheduler }: Cloud, functions: SimulatedFunctions, hasFault: HasFault) {
	const { draws } = kernel;
	return simulatedAlarms({
		kernel,
		scheduler,
		functions,
		faultOf: () => ({
			lateMs: hasFault("schedule-late") ? draws.number("scheduler", "late") * 400_000 : 0,
			twice: hasFault("schedule-twice") && draws.chance("scheduler", "twice", 0.5),
		}),
	});
}

function mapQueues(kernel: Kernel, { sqs, waiters }: Cloud, functions: SimulatedFunctions, hasFault: HasFault): void {
	for (const { role, urls, batchSize } of eventSources) {
		for (const url of urls) {
			const losesDeletion = () => hasFault("deletion-lost") && kernel.draws.chance(`mapping ${role}`, "loses", 0.03);
			mapQueue({ kernel, sqs, waiters, functions, role, url, batchSize, losesDeletion });
		}
	}
}

/** The load balancer's choice among the tasks that listen. */
function addressOf({ draws }: Kernel, { running }: SmppTasks): string | undefined {
	const addresses = running.map(({ address }) => address);
	return addresses.length === 0 ? undefined : draws.pick("esme", "task", addresses);
}

/** The SMSCs that the tasks bind to, as in the template. */
function smppEnvironment({ operators }: HistorySettings): Readonly<Record<string, string>> {
	const smscs = operators.map(({ operator, binds, window, tps }) => [
		operator,
		{ host: `smsc-${operator}`, port: 2775, system_id: "smsgw", binds, window, tps },
	]);
	const passwords = operators.map(({ operator }) => [operator, "secret"]);
	return {
		SMSCS: JSON.stringify(Object.fromEntries(smscs)),
		SMSC_PASSWORDS: JSON.stringify(Object.fromEntries(passwords)),
	};
}
