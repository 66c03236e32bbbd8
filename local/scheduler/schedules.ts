import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { KeyedValues, LmdbStore } from "../engines/lmdb-store.ts";
import { parseFiringRule } from "./firing-rule.ts";
import {
	type Schedule,
	type ScheduleInput,
	SchedulerError,
	type ScheduleTarget,
	scheduleInput,
	scheduleName,
} from "./schedule.ts";
import { type ScheduleTimer, startScheduleTimer } from "./schedule-timer.ts";

/** Invokes a schedule's target, with retries; never throws. */
export type Invoke = (target: ScheduleTarget) => Promise<void>;

export type ScheduleStore = {
	readonly schedules: KeyedValues<Schedule>;
	readonly groups: KeyedValues<{ readonly name: string }>;
};

export function scheduleStore(store: LmdbStore): ScheduleStore {
	return { schedules: store.collection("schedules"), groups: store.collection("schedule groups") };
}

type ArmedSchedule = { readonly schedule: Schedule; readonly timer: ScheduleTimer };

export class Schedules {
	readonly #armed = new Map<string, ArmedSchedule>();
	readonly #groups = new Set(["default"]);
	readonly #invoke: Invoke;
	readonly #arnPrefix: string;
	readonly #store: ScheduleStore | undefined;

	/** Goes on with the schedules of the store. One whose time has passed meanwhile fires at once, unless it was done. */
	constructor(invoke: Invoke, arnPrefix: string, store?: ScheduleStore) {
		this.#invoke = invoke;
		this.#arnPrefix = arnPrefix;
		this.#store = store;
		for (const [name] of store?.groups.entries() ?? []) this.#groups.add(name);
		for (const [, schedule] of [...(store?.schedules.entries() ?? [])]) this.#start(schedule);
	}

	/** A second call with the same ClientToken and input is a repeat, and returns the existing schedule. */
	create(name: string, body: unknown): Schedule {
		const input = this.#inputFrom(name, body);
		const existing = this.#armed.get(keyOf(input.GroupName, name))?.schedule;
		if (!existing) return this.#arm(name, input, Date.now());
		if (input.ClientToken !== undefined && isDeepStrictEqual(existing.input, input)) return existing;
		throw new SchedulerError("ConflictException", `Schedule ${name} already exists.`);
	}

	/** Replaces the whole schedule. As in the service, absent fields get their defaults. */
	update(name: string, body: unknown): Schedule {
		const input = this.#inputFrom(name, body);
		const { createdAt } = this.get(input.GroupName, name);
		this.delete(input.GroupName, name);
		return this.#arm(name, input, createdAt);
	}

	get(group: string, name: string): Schedule {
		const armed = this.#armed.get(keyOf(group, name));
		if (!armed) throw new SchedulerError("ResourceNotFoundException", `Schedule ${name} does not exist.`);
		return armed.schedule;
	}

	delete(group: string, name: string): void {
		this.get(group, name);
		this.#armed.get(keyOf(group, name))?.timer.cancel();
		this.#armed.delete(keyOf(group, name));
		this.#store?.schedules.remove(keyOf(group, name));
	}

	all(): readonly Schedule[] {
		return [...this.#armed.values()].map(({ schedule }) => schedule);
	}

	groups(): readonly string[] {
		return [...this.#groups].sort();
	}

	createGroup(name: string): string {
		if (!scheduleName.safeParse(name).success)
			throw new SchedulerError("ValidationException", `${name} is not a name.`);
		if (this.#groups.has(name)) throw new SchedulerError("ConflictException", `Schedule group ${name} already exists.`);
		this.#groups.add(name);
		this.#store?.groups.put(name, { name });
		return this.groupArn(name);
	}

	deleteGroup(name: string): void {
		this.mustHaveGroup(name);
		if (name === "default") throw new SchedulerError("ValidationException", "The default group cannot be deleted.");
		for (const schedule of this.all()) {
			if (schedule.input.GroupName === name) this.delete(name, schedule.name);
		}
		this.#groups.delete(name);
		this.#store?.groups.remove(name);
	}

	mustHaveGroup(name: string): void {
		if (this.#groups.has(name)) return;
		throw new SchedulerError("ResourceNotFoundException", `Schedule group ${name} does not exist.`);
	}

	groupArn(name: string): string {
		return `${this.#arnPrefix}:schedule-group/${name}`;
	}

	close(): void {
		for (const { timer } of this.#armed.values()) timer.cancel();
		this.#armed.clear();
	}

	#inputFrom(name: string, body: unknown): ScheduleInput {
		const parsed = z.object({ name: scheduleName, input: scheduleInput }).safeParse({ name, input: body });
		if (!parsed.success) throw new SchedulerError("ValidationException", z.prettifyError(parsed.error));
		this.mustHaveGroup(parsed.data.input.GroupName);
		return parsed.data.input;
	}

	#arm(name: string, input: ScheduleInput, createdAt: number): Schedule {
		const arn = `${this.#arnPrefix}:schedule/${input.GroupName}/${name}`;
		const schedule = { name, arn, input, createdAt, changedAt: Date.now() };
		this.#start(schedule);
		this.#store?.schedules.put(keyOf(input.GroupName, name), schedule);
		return schedule;
	}

	#start(schedule: Schedule): void {
		const { input, name, isDone = false } = schedule;
		const isActive = input.State === "ENABLED" && !isDone;
		const timer = isActive ? this.#timerOf(schedule) : { cancel: () => undefined };
		this.#armed.set(keyOf(input.GroupName, name), { schedule, timer });
	}

	#timerOf(schedule: Schedule): ScheduleTimer {
		const now = Date.now();
		const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate, Target: target } = schedule.input;
		const rule = firingRuleOf(ScheduleExpression, ScheduleExpressionTimezone);
		const bounds = { from: secondsOr(StartDate, now), until: secondsOr(EndDate, Number.POSITIVE_INFINITY) };
		// A schedule whose time is past fires at once.
		const after = rule.kind === "once" ? Math.min(now, rule.at - 1) : now - 1;
		return startScheduleTimer(rule, bounds, after, {
			fire: async () => await this.#invoke(target),
			complete: () => this.#complete(schedule),
		});
	}

	#complete(schedule: Schedule): void {
		const { GroupName, ActionAfterCompletion } = schedule.input;
		const key = keyOf(GroupName, schedule.name);
		const armed = this.#armed.get(key);
		if (armed?.schedule !== schedule) return;
		if (ActionAfterCompletion === "DELETE") {
			this.#armed.delete(key);
			this.#store?.schedules.remove(key);
			return;
		}
		const done = { ...schedule, isDone: true };
		this.#armed.set(key, { ...armed, schedule: done });
		this.#store?.schedules.put(key, done);
	}
}

function firingRuleOf(expression: string, zone: string) {
	try {
		return parseFiringRule(expression, zone);
	} catch (error) {
		throw new SchedulerError("ValidationException", `Invalid Schedule Expression ${expression}: ${String(error)}`);
	}
}

function keyOf(group: string, name: string): string {
	return `${group}/${name}`;
}

function secondsOr(seconds: number | undefined, defaultMs: number): number {
	return seconds === undefined ? defaultMs : seconds * 1_000;
}
