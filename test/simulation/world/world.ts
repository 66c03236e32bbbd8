import { laneEntryBody, reportsEntryBody } from "#shared/contracts/queue-entries.ts";
import { isFinal } from "#shared/domain/statuses.ts";
import { dynamoEngine } from "../aws/dynamo-engine.ts";
import { type FaultPlan, faultPlan, type PlannedFault } from "../aws/fault-plan.ts";
import { activateAws } from "../aws/patch-clients.ts";
import { queueWaiters } from "../aws/queue-waiters.ts";
import { schedulerEngine } from "../aws/scheduler-engine.ts";
import { simulatedAws } from "../aws/simulated-aws.ts";
import { type QueuedEntry, sqsEngine } from "../aws/sqs-engine.ts";
import { failureList } from "../checks/failures.ts";
import { holders } from "../checks/holders.ts";
import { messageMirror } from "../checks/message-mirror.ts";
import { promises } from "../checks/promises.ts";
import { reportBook } from "../checks/reports.ts";
import { checkSubmit } from "../checks/sending.ts";
import { checkStatus } from "../checks/statuses.ts";
import { activate, openKernel } from "../kernel/kernel.ts";
import { clearNetwork } from "../kernel/network.ts";
import { accountQueueRole, accounts, loginOf, writeAccounts } from "./accounts.ts";
import { simulatedAlarms } from "./alarms.ts";
import { simulatedApi } from "./api.ts";
import {
	feeds,
	laneDeadUrls,
	laneUrls,
	prefix,
	queuePair,
	queueSettings,
	queueUrl,
	tableSchemas,
	tables,
} from "./deployment.ts";
import { calmEsme, simulatedEsme, troubledEsme } from "./esme.ts";
import { mapQueue } from "./event-source-mapping.ts";
import { type AnyHandler, simulatedFunctions } from "./functions.ts";
import type { Code } from "./load-code.ts";
import { type Heard, restClient } from "./rest-client.ts";
import type { HistorySettings } from "./settings.ts";
import { smppTasks } from "./smpp-tasks.ts";
import { type ReceivedSubmit, simulatedSmsc } from "./smsc.ts";
import { calmSmsc, type SmscBehaviour, troubledSmsc } from "./smsc-behaviour.ts";
import { calmWebhook, troubledWebhook, webhookServers } from "./webhook-server.ts";

export type WorldOptions = {
	readonly code: Code;
	readonly settings: HistorySettings;
	readonly isTraced: boolean;
	/** How SMSCs behave otherwise than they would. */
	readonly smsc?: Partial<SmscBehaviour> | undefined;
	readonly script?: ReadonlyMap<string, readonly (PlannedFault | undefined)[]>;
};
export type World = ReturnType<typeof openWorld>;

/** Slots are due hours after the trouble: their steps meet their faults then. */
const appointedMs = 5 * 60 * 60_000;

/** The gateway, as its template deploys it, and all that is around it; in one history. */
export function openWorld({ code, settings, isTraced, script, smsc }: WorldOptions) {
	const { seed, startAt, faults: kinds } = settings;
	clearNetwork();
	const kernel = openKernel({ seed, startAt, isTraced });
	activate(kernel);
	const { draws } = kernel;
	const troubleUntil = startAt + settings.trafficMs + settings.troubleMs;
	const isTroubled = (kind: string) => kinds.has(kind as never) && kernel.now < troubleUntil;

	const failures = failureList(kernel);
	const mirror = messageMirror(isFinal);
	const reports = reportBook();
	const told = promises({ mirror, failures, holders: () => held });
	const lanes = new Set([...Object.values(laneUrls), ...laneDeadUrls]);
	const held = holders((url) => lanes.has(url), told.released);
	const submits: ReceivedSubmit[] = [];
	const submitsTo = new Map<string, ReceivedSubmit[]>();
	const entries = new Map<string, number>();
	let duplicates = 0;
	const deadReports = new Set<number>();

	const dynamo = dynamoEngine(tableSchemas, (change) => {
		if (change.table === tables.slots) held.slotChanged(change);
		if (change.table !== tables.messages) return;
		const { before, after } = mirror.changed(change);
		const messageId = (after ?? before)?.messageId ?? 0;
		kernel.trace.note(after?.status ?? "deleted", kernel.now, messageId % 1e6);
		kernel.trace.line(
			() =>
				`row ${messageId} to ${(after ?? before)?.recipient}: ${before?.status} → ${after?.status} v${after?.revision}`,
		);
		if (after === undefined) told.deleted(messageId);
		else if (before !== undefined) {
			const count = () => submitsTo.get(after.recipient)?.length ?? 0;
			checkStatus(failures, before, after, count);
		}
	});

	const sqs = sqsEngine([...queueSettings, ...queuePair(accountQueueRole, 30)], {
		newId: () => `entry-${Math.floor(draws.number("sqs", "id") * 2 ** 32).toString(16)}-${nextEntry()}`,
		watcher: {
			added(entry) {
				countEntry(entry, 1);
				held.entryAdded(entry);
				waiters.changed(entry.queueUrl);
				if (entry.queueUrl === queueUrl("reports-dead")) noteDeadReport(entry);
			},
			removed(entry, why) {
				countEntry(entry, -1);
				held.entryRemoved(entry, why);
			},
		},
		repeats(entry) {
			if (!isTroubled("sqs-duplicate") || !draws.chance("sqs", "repeats", 0.02)) return false;
			if (lanes.has(entry.queueUrl)) duplicates += laneEntryBody.parse(entry.body).message_ids.length;
			return true;
		},
		pick: (visible) => (isTroubled("sqs-disorder") ? draws.integer("sqs", "picks", 0, visible - 1) : 0),
	});
	let entryNumber = 0;
	function nextEntry(): number {
		entryNumber += 1;
		return entryNumber;
	}
	function countEntry({ queueUrl: url }: QueuedEntry, by: 1 | -1): void {
		entries.set(url, (entries.get(url) ?? 0) + by);
	}
	function noteDeadReport({ body }: QueuedEntry): void {
		for (const messageId of reportsEntryBody.parse(body).message_ids) deadReports.add(messageId);
	}

	const waiters = queueWaiters(kernel, sqs.nextVisibleAt);
	const scheduler = schedulerEngine();
	const faults: FaultPlan = faultPlan({
		kernel,
		kinds,
		until: troubleUntil,
		appointedUntil: startAt + appointedMs,
		...(script && { script }),
	});
	const onSchedule = () => alarms.changed();
	activateAws(simulatedAws({ kernel, prefix, dynamo, sqs, scheduler, waiters, faults, onSchedule }));
	writeAccounts(dynamo);

	const skewMs = (name: string) => (kinds.has("clock-skew") ? (draws.number(name, "skew") - 0.5) * 4_000 : 0);
	const taskUrls = [...Object.values(laneUrls), queueUrl(accountQueueRole)];
	/** Whether an entry that only an SMPP task works on is held by one, or visible now or within so long. */
	function hasTaskEntries(withinMs: number): boolean {
		return taskUrls.some((url) => {
			if ((entries.get(url) ?? 0) === 0) return false;
			for (const { visibleAt } of sqs.entries(url)) if (visibleAt <= kernel.now + withinMs) return true;
			return false;
		});
	}

	const webhooks = webhookServers({
		kernel,
		mood: () => (isTroubled("webhook-trouble") ? troubledWebhook : calmWebhook),
		onTaken(userName, body) {
			for (const one of body.delivery_report ?? []) {
				reports.taken(one.message_id, one.status);
				if (one.error_code === "23") heard.clientIdPromised(userName, one.client_message_id ?? "", "23 in a report");
			}
			for (const { sender } of body.incoming_report ?? []) reports.moTaken(sender);
		},
	});
	const functions = simulatedFunctions({
		kernel,
		handlerOf: (role) => (role === "reports" ? code.handlers.reports(webhooks) : code.handlers[role]()) as AnyHandler,
		skewMs,
	});
	const alarms = simulatedAlarms({
		kernel,
		scheduler,
		functions,
		faultOf: () => ({
			lateMs: isTroubled("schedule-late") ? draws.number("scheduler", "late") * 400_000 : 0,
			twice: isTroubled("schedule-twice") && draws.chance("scheduler", "twice", 0.5),
		}),
	});
	for (const { role, urls, batchSize } of feeds) {
		for (const url of urls) {
			const losesDeletion = () => isTroubled("deletion-lost") && draws.chance(`mapping ${role}`, "loses", 0.03);
			mapQueue({ kernel, sqs, waiters, functions, role, url, batchSize, losesDeletion });
		}
	}
	const api = simulatedApi(kernel, functions);

	const moTaken = new Set<string>();
	const smscs = settings.operators.map(({ operator, receiptIds }) =>
		simulatedSmsc({
			kernel,
			operator,
			behaviour: () => ({ ...(isTroubled("smsc-trouble") ? troubledSmsc : calmSmsc), receiptIds, ...smsc }),
			onSubmit(submit) {
				submits.push(submit);
				const own = submitsTo.get(submit.recipient) ?? [];
				own.push(submit);
				submitsTo.set(submit.recipient, own);
				checkSubmit({ mirror, promises: told, failures }, submit);
			},
			onMoDelivered: (reference) => void moTaken.add(reference),
		}),
	);

	const tasks = smppTasks({
		kernel,
		code,
		env: smppEnvironment(settings),
		skewMs,
		onUp: () => esme.wake(),
	});
	const esme = simulatedEsme({
		kernel,
		login: loginOf("esme"),
		task() {
			const addresses = tasks.running.map(({ address }) => address);
			return addresses.length === 0 ? undefined : draws.pick("esme", "task", addresses);
		},
		mood: () => (isTroubled("esme-trouble") ? troubledEsme : calmEsme),
		onReceipt: reports.taken,
		onMo: reports.moTaken,
	});

	const heard: Heard = {
		promised: told.heard,
		batchPromised(batchId, how) {
			for (const messageId of mirror.idsOfBatch(batchId)) told.heard(messageId, how);
		},
		clientIdPromised(userName, clientMessageId, how) {
			const messageId = mirror.idOfClient(userName, clientMessageId);
			if (messageId !== undefined) told.heard(messageId, how);
		},
		withdrawn: told.withdrawn,
	};
	const clients = (["hook", "replay"] as const).map((userName) =>
		restClient({
			kernel,
			api,
			userName,
			isImpatient: () => isTroubled("impatient-client") && draws.chance(userName, "is impatient", 0.3),
			heard,
		}),
	);

	return {
		kernel,
		settings,
		/** What scripted clients still have to do. */
		acts: { left: 0 },
		troubleUntil,
		isTroubled,
		failures,
		mirror,
		reports,
		promises: told,
		holders: held,
		submits,
		submitsTo,
		entries: (role: string) => entries.get(queueUrl(role)) ?? 0,
		hasTaskEntries,
		laneEntries: () => Object.values(laneUrls).reduce((sum, url) => sum + (entries.get(url) ?? 0), 0),
		get duplicates() {
			return duplicates;
		},
		isReportDead: (messageId: number) => deadReports.has(messageId),
		isToldBySmpp: (userName: string) => accounts[userName as keyof typeof accounts]?.smpp !== null,
		moTaken,
		dynamo,
		faults,
		functions,
		smscs,
		tasks,
		esme,
		clients,
		heard,
		api,
		close() {
			activate(undefined);
			activateAws(undefined);
		},
	};
}

/** The SMSCs that the tasks bind to, as the template would give them. */
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
