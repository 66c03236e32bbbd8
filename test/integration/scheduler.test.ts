import {
	ConflictException,
	CreateScheduleCommand,
	CreateScheduleGroupCommand,
	DeleteScheduleCommand,
	DeleteScheduleGroupCommand,
	GetScheduleCommand,
	ListScheduleGroupsCommand,
	ListSchedulesCommand,
	ResourceNotFoundException,
	SchedulerClient,
	UpdateScheduleCommand,
	ValidationException,
} from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openScheduler, type Scheduler } from "#local/scheduler/open-scheduler.ts";
import type { ScheduleTarget } from "#local/scheduler/schedule.ts";

const arnPrefix = "arn:aws:scheduler:eu-central-1:000000000000";
const invoked: ScheduleTarget[] = [];
let scheduler: Scheduler;
let client: SchedulerClient;
let made = 0;

beforeAll(async () => {
	scheduler = await openScheduler(0, async (target) => void invoked.push(target), arnPrefix);
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	client = new SchedulerClient({ endpoint: scheduler.url, region: "eu-central-1", credentials });
});

afterAll(() => {
	client.destroy();
	scheduler.close();
});

function aSchedule(changes: object = {}) {
	made++;
	return {
		Name: `schedule-${made}`,
		ScheduleExpression: "at(2099-01-01T09:00:00)",
		ScheduleExpressionTimezone: "Asia/Almaty",
		FlexibleTimeWindow: { Mode: "OFF" as const },
		Target: { Arn: "arn:aws:lambda:eu-central-1:000000000000:function:check-due", RoleArn: "arn:aws:iam::0:role/r" },
		...changes,
	};
}

const inputsOf = (name: string) => invoked.filter(({ Input }) => Input === name);
/** An instant in Almaty's time, as `at()` writes it. */
const almatyTime = (instant: number) => new Date(instant + 5 * 3_600_000).toISOString().slice(0, 19);

describe("the local scheduler, called by the SDK's client,", () => {
	it("stores a schedule as given", async () => {
		const schedule = aSchedule({ Description: "one", StartDate: new Date(4_000_000_000_000) });

		const { ScheduleArn } = await client.send(new CreateScheduleCommand(schedule));

		const kept = await client.send(new GetScheduleCommand({ Name: schedule.Name }));
		expect(kept).toMatchObject({ ...schedule, State: "ENABLED", GroupName: "default", ActionAfterCompletion: "NONE" });
		expect(kept.Arn).toBe(ScheduleArn);
		expect(ScheduleArn).toBe(`${arnPrefix}:schedule/default/${schedule.Name}`);
		expect(kept.CreationDate).toBeInstanceOf(Date);
	});

	it("refuses a second schedule of the same name", async () => {
		const schedule = aSchedule();
		await client.send(new CreateScheduleCommand(schedule));

		await expect(client.send(new CreateScheduleCommand(schedule))).rejects.toBeInstanceOf(ConflictException);
	});

	it("treats a repeated creation with the same ClientToken as one", async () => {
		const schedule = aSchedule({ ClientToken: "the-same-request" });
		const first = await client.send(new CreateScheduleCommand(schedule));

		expect((await client.send(new CreateScheduleCommand(schedule))).ScheduleArn).toBe(first.ScheduleArn);
	});

	it("replaces a schedule as a whole", async () => {
		const schedule = aSchedule();
		await client.send(new CreateScheduleCommand({ ...schedule, Description: "one" }));

		const changed = { ...schedule, ScheduleExpression: "rate(3 days)", State: "DISABLED" as const };
		await client.send(new UpdateScheduleCommand(changed));

		const kept = await client.send(new GetScheduleCommand({ Name: schedule.Name }));
		expect(kept).toMatchObject({ ScheduleExpression: "rate(3 days)", State: "DISABLED" });
		expect(kept.Description).toBeUndefined();
	});

	it("forgets a deleted schedule, and does not know one that never existed", async () => {
		const { Name, ...schedule } = aSchedule();
		await client.send(new CreateScheduleCommand({ Name, ...schedule }));

		await client.send(new DeleteScheduleCommand({ Name }));

		for (const command of [new GetScheduleCommand({ Name }), new DeleteScheduleCommand({ Name })] as const) {
			await expect(client.send(command as GetScheduleCommand)).rejects.toBeInstanceOf(ResourceNotFoundException);
		}
		await expect(client.send(new UpdateScheduleCommand({ Name, ...schedule }))).rejects.toBeInstanceOf(
			ResourceNotFoundException,
		);
	});

	it.each([
		["a malformed expression", { ScheduleExpression: "at(noon)" }],
		["a zone that does not exist", { ScheduleExpressionTimezone: "Asia/Nowhere" }],
		["a name that is too long", { Name: "x".repeat(65) }],
		["a target that is not an ARN", { Target: { Arn: "check-due", RoleArn: "r" } }],
	])("refuses %s", async (_, changes) => {
		await expect(client.send(new CreateScheduleCommand(aSchedule(changes)))).rejects.toBeInstanceOf(
			ValidationException,
		);
	});

	it("lists schedules by name prefix, a page at a time", async () => {
		for (const suffix of ["c", "a", "b"]) {
			await client.send(new CreateScheduleCommand(aSchedule({ Name: `listed-${suffix}` })));
		}

		const first = await client.send(new ListSchedulesCommand({ NamePrefix: "listed-", MaxResults: 2 }));
		const second = await client.send(new ListSchedulesCommand({ NamePrefix: "listed-", NextToken: first.NextToken }));

		expect(first.Schedules?.map(({ Name }) => Name)).toEqual(["listed-a", "listed-b"]);
		expect(second.Schedules?.map(({ Name }) => Name)).toEqual(["listed-c"]);
		expect(second.NextToken).toBeUndefined();
	});

	it("deletes a group with its schedules", async () => {
		await client.send(new CreateScheduleGroupCommand({ Name: "slots" }));
		const schedule = aSchedule({ GroupName: "slots" });
		await client.send(new CreateScheduleCommand(schedule));
		const { ScheduleGroups } = await client.send(new ListScheduleGroupsCommand({}));
		expect(ScheduleGroups?.map(({ Name }) => Name)).toEqual(["default", "slots"]);

		await client.send(new DeleteScheduleGroupCommand({ Name: "slots" }));

		const gone = client.send(new GetScheduleCommand({ Name: schedule.Name, GroupName: "slots" }));
		await expect(gone).rejects.toBeInstanceOf(ResourceNotFoundException);
	});
});

describe("a due schedule", () => {
	it("fires once, not early, and deletes itself if asked to", async () => {
		const { Target, ...schedule } = aSchedule({ ActionAfterCompletion: "DELETE" });
		const due = Math.ceil(Date.now() / 1_000) * 1_000 + 1_000;
		const ScheduleExpression = `at(${almatyTime(due)})`;
		await client.send(
			new CreateScheduleCommand({ ...schedule, ScheduleExpression, Target: { ...Target, Input: schedule.Name } }),
		);

		await vi.waitFor(() => expect(inputsOf(schedule.Name)).toHaveLength(1), { timeout: 10_000 });

		expect(Date.now()).toBeGreaterThanOrEqual(due);
		await expect(client.send(new GetScheduleCommand({ Name: schedule.Name }))).rejects.toBeInstanceOf(
			ResourceNotFoundException,
		);
	});

	it("stays if it was not asked to delete itself", async () => {
		const { Target, ...schedule } = aSchedule();
		const ScheduleExpression = `at(${almatyTime(Date.now() - 5_000)})`;
		await client.send(
			new CreateScheduleCommand({ ...schedule, ScheduleExpression, Target: { ...Target, Input: schedule.Name } }),
		);

		await vi.waitFor(() => expect(inputsOf(schedule.Name)).toHaveLength(1));

		expect((await client.send(new GetScheduleCommand({ Name: schedule.Name }))).State).toBe("ENABLED");
	});

	it("does not fire while it is disabled", async () => {
		const { Target, ...disabled } = aSchedule({ State: "DISABLED", ScheduleExpression: "rate(1 minute)" });
		const enabled = aSchedule({ ScheduleExpression: "rate(1 minute)" });
		await client.send(new CreateScheduleCommand({ ...disabled, Target: { ...Target, Input: disabled.Name } }));
		await client.send(new CreateScheduleCommand({ ...enabled, Target: { ...Target, Input: enabled.Name } }));

		await vi.waitFor(() => expect(inputsOf(enabled.Name)).toHaveLength(1));

		expect(inputsOf(disabled.Name)).toHaveLength(0);
	});
});
