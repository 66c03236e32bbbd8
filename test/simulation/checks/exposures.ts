import { exposureMaxFor } from "#shared/domain/send/sending-rules.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { OperatorSettings } from "../world/settings.ts";
import type { Failures } from "./failures.ts";

/** The gateway's time limit for a response, less the PDU's network delay. */
const responseMs = 30_000 - 10;

/** A task that resumes finds out within this time that its lease is lost. */
const thawMs = 1_000;

/** A death or freeze of an SMPP task, and its submits that were not recorded at that time. */
export type Incident = { readonly at: number; readonly exposed: Set<ReceivedSubmit> };

/** The submits that SMSCs accepted from each SMPP task, and the deaths and freezes of those tasks. */
export type Exposures = {
	taken(submit: ReceivedSubmit): void;
	/**
	 * A bind was established. Checks that the binds are no more than the contract allows, except those that frozen
	 * tasks cannot close.
	 */
	bound(operator: string, from: readonly string[]): void;
	/** The deaths and freezes that may cause another submit of a recipient's message. */
	of(recipient: string): readonly Incident[];
	/** Whether the submit's task has stopped waiting for its response. */
	isUnanswered(submit: ReceivedSubmit): boolean;
};

export type ExposureDeps = {
	readonly kernel: Kernel;
	readonly operators: readonly OperatorSettings[];
	readonly failures: Failures;
	readonly isRecorded: (submit: ReceivedSubmit) => boolean;
};

type Task = {
	readonly open: Set<ReceivedSubmit>;
	/** Set while the task is dead or frozen. */
	incident: Incident | undefined;
	until: number;
	deadSince: number;
};

export function exposures({ kernel, operators, failures, isRecorded }: ExposureDeps): Exposures {
	const tasks = new Map<string, Task>();
	const incidents = new Map<string, Set<Incident>>();

	function taskAt(address: string): Task {
		const never = Number.POSITIVE_INFINITY;
		const task = tasks.get(address) ?? {
			open: new Set(),
			incident: undefined,
			until: 0,
			deadSince: never,
		};
		tasks.set(address, task);
		return task;
	}

	function expose(incident: Incident, submit: ReceivedSubmit): void {
		incident.exposed.add(submit);
		const own = incidents.get(submit.recipient) ?? new Set();
		incidents.set(submit.recipient, own.add(incident));
	}

	function isUnanswered({ from, at, answeredAt, fellAt }: ReceivedSubmit): boolean {
		const until = Math.min(kernel.now, taskAt(from).deadSince - 1);
		const inTime = answeredAt !== undefined && answeredAt < at + responseMs;
		return !inTime && ((fellAt !== undefined && fellAt <= until) || at + responseMs <= until);
	}

	/** A lease counts from its acquisition, before its bind is established: the task may hold all. */
	function check({ incident }: Task, name: string): void {
		for (const { operator, ...terms } of operators) {
			const own = [...(incident?.exposed ?? [])].filter((submit) => submit.operator === operator);
			const count = new Set(own.map(({ recipient }) => recipient)).size;
			const tpsOfEach = terms.tps / terms.binds;
			const most = exposureMaxFor(terms.binds, { window: terms.window, tpsOfEach });
			if (count > most)
				failures.add("copies", `${name} exposed ${count} messages to ${operator}, and at most ${most} may be`);
		}
	}

	function begin(task: Task, until: number): void {
		task.incident = { at: kernel.now, exposed: new Set() };
		task.until = until;
		for (const submit of task.open) {
			if (isRecorded(submit)) task.open.delete(submit);
			else if (!isUnanswered(submit)) expose(task.incident, submit);
		}
	}

	kernel.onInterrupted.add(({ role, name, address, frozenUntil }, how) => {
		if (role !== "smpp" || how === "exited") return;
		const task = taskAt(address);
		begin(task, how === "died" ? Number.POSITIVE_INFINITY : frozenUntil);
		if (how === "died") task.deadSince = kernel.now;
		check(task, name);
	});

	return {
		bound(operator, from) {
			const most = operators.find((one) => one.operator === operator)?.binds ?? 0;
			const able = from.filter((address) => taskAt(address).until + thawMs < kernel.now);
			if (able.length > most)
				failures.add("binds", `${able.join(", ")} are bound to ${operator}, which allows ${most}`);
		},
		taken(submit) {
			const task = taskAt(submit.from);
			task.open.add(submit);
			/* It was still on the network. */
			if (task.incident !== undefined && kernel.now <= task.until) expose(task.incident, submit);
		},
		of: (recipient) => [...(incidents.get(recipient) ?? [])],
		isUnanswered,
	};
}
