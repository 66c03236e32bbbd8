import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { schedulerClient } from "../aws/clients.ts";
import { dynamoSlots } from "../aws/dynamo-slots.ts";
import { schedulerSlotAlarms } from "../aws/scheduler-slot-alarms.ts";
import type { Log, SlotStore } from "../ports.ts";
import { alarmedSlots } from "../usecases/alarmed-slots.ts";

/** What a process reads that puts rows into slots. */
export type SlotsEnvironment = {
	readonly SLOTS_TABLE: string;
	readonly SLOT_SCHEDULES_GROUP: string;
	readonly SLOT_SCHEDULES_ROLE_ARN: string;
	readonly LOOK_FUNCTION_ARN: string;
};

/** The slots on AWS, each with its alarm: for every process that puts rows there. */
export function slotsOnAws(dynamo: DynamoDBClient, env: SlotsEnvironment, log: Log): SlotStore {
	const schedules = {
		group: env.SLOT_SCHEDULES_GROUP,
		lookArn: env.LOOK_FUNCTION_ARN,
		roleArn: env.SLOT_SCHEDULES_ROLE_ARN,
	};
	return alarmedSlots({
		slots: dynamoSlots(dynamo, env.SLOTS_TABLE, Date.now, log),
		alarms: schedulerSlotAlarms(schedulerClient(), schedules),
		now: Date.now,
		log,
	});
}
