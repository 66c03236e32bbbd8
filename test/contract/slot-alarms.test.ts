import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openScheduler, type Scheduler } from "#local/scheduler/open-scheduler.ts";
import type { ScheduleTarget } from "#local/scheduler/schedule.ts";
import { schedulerSlotAlarms } from "#shared/aws/scheduler/scheduler-slot-alarms.ts";
import { checkDueCall } from "#shared/contracts/check-due-call.ts";
import { slotMs } from "#shared/domain/schedule/slots.ts";
import type { SlotAlarms } from "#shared/usecases/schedule/slot-store.ts";
import { mondayAtEleven } from "#test/fakes/builders.ts";
import { memorySlotAlarms } from "#test/fakes/memory-stores.ts";
import { schedulerClientOf } from "#test/simulation/aws/engine-clients.ts";
import { schedulerEngine } from "#test/simulation/aws/scheduler-engine.ts";

const group = "slots";
const checkDueArn = "arn:aws:lambda:eu-central-1:000000000000:function:check-due";
const roleArn = "arn:aws:iam::000000000000:role/slots";

const invoked: ScheduleTarget[] = [];
let scheduler: Scheduler;
let client: SchedulerClient;

beforeAll(async () => {
	scheduler = await openScheduler(0, async (target) => void invoked.push(target), "arn:aws:scheduler:x:0");
	await fetch(`${scheduler.url}/schedule-groups/${group}`, { method: "POST", body: "{}" });
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	client = new SchedulerClient({ endpoint: scheduler.url, region: "eu-central-1", credentials });
});
afterAll(() => {
	client.destroy();
	scheduler.close();
});

describe.each([
	{
		driver: "in memory",
		open: () => {
			const alarms = memorySlotAlarms();
			return { alarms: alarms as SlotAlarms, alarmed: async () => alarms.alarmed.size };
		},
	},
	{
		driver: "on the simulated scheduler",
		open: () => {
			const { execute, due } = schedulerEngine();
			const simulated = schedulerClientOf((operation, input) => execute(operation, input, 0));
			return {
				alarms: schedulerSlotAlarms(simulated, { group, checkDueArn, roleArn }),
				alarmed: async () => due(Number.POSITIVE_INFINITY).length,
			};
		},
	},
	{
		driver: "on the local scheduler",
		open: () => ({
			alarms: schedulerSlotAlarms(client, { group, checkDueArn, roleArn }),
			alarmed: async () => (await client.send(new ListSchedulesCommand({ GroupName: group }))).Schedules?.length ?? 0,
		}),
	},
])("slot alarms $driver", ({ open }) => {
	it("are one for each slot, however often and from however many tasks they are set", async () => {
		const { alarms, alarmed } = open();
		/* Far ahead, so that none is due during the test. */
		const slots = [0, 1].map((index) => Date.UTC(2099, 0, 1) + index * slotMs);

		await Promise.all([...slots, ...slots].map(async (slot) => await alarms.set(slot)));
		await alarms.set(slots[0] ?? 0);

		expect(await alarmed()).toBe(2);
	});
});

describe("a slot's schedule", () => {
	const alarms = () => schedulerSlotAlarms(client, { group, checkDueArn, roleArn });

	it("invokes check-due at the slot, in Almaty time, and deletes itself (A13)", async () => {
		await alarms().set(Date.UTC(2098, 5, 1, 4, 0));

		const kept = await client.send(new GetScheduleCommand({ GroupName: group, Name: "slot-2098-06-01T04-00Z" }));
		expect(kept).toMatchObject({
			ScheduleExpression: "at(2098-06-01T09:00:00)",
			ScheduleExpressionTimezone: "Asia/Almaty",
			FlexibleTimeWindow: { Mode: "OFF" },
			ActionAfterCompletion: "DELETE",
			Target: { Arn: checkDueArn, RoleArn: roleArn },
		});
		expect(checkDueCall.parse(JSON.parse(kept.Target?.Input ?? ""))).toEqual({ slot: Date.UTC(2098, 5, 1, 4, 0) });
	});

	it("invokes the function when the slot is due, and is deleted", async () => {
		const slot = Math.ceil(Date.now() / 1_000) * 1_000 + 1_000;

		await alarms().set(slot);
		await vi.waitFor(() => expect(invoked).toHaveLength(1), { timeout: 10_000 });

		expect(Date.now()).toBeGreaterThanOrEqual(slot);
		expect(invoked[0]).toMatchObject({ Arn: checkDueArn, Input: JSON.stringify({ slot }) });
	});

	it("fails where its schedule group does not exist or the scheduler is unavailable", async () => {
		const withoutGroup = schedulerSlotAlarms(client, { group: "none", checkDueArn, roleArn });

		await expect(withoutGroup.set(mondayAtEleven + 365 * 86_400_000)).rejects.toThrow();
	});
});
