import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoSlots } from "../aws/dynamo/dynamo-slots.ts";
import { schedulerSlotAlarms } from "../aws/scheduler/scheduler-slot-alarms.ts";
import { schedulerClient } from "../aws/transport/aws-clients.ts";
import type { Log } from "../log.ts";
import { alarmedSlots } from "../usecases/schedule/alarmed-slots.ts";
import type { SlotStore } from "../usecases/schedule/slot-store.ts";

export type SlotsEnvironment = {
	readonly SLOTS_TABLE: string;
	readonly SLOT_SCHEDULES_GROUP: string;
	readonly SLOT_SCHEDULES_ROLE_ARN: string;
	readonly CHECK_DUE_FUNCTION_ARN: string;
};

/** The slots on AWS, which set a slot's alarm when a row is written. */
export function slotsOnAws(dynamo: DynamoDBClient, env: SlotsEnvironment, log: Log): SlotStore {
	const schedules = {
		group: env.SLOT_SCHEDULES_GROUP,
		checkDueArn: env.CHECK_DUE_FUNCTION_ARN,
		roleArn: env.SLOT_SCHEDULES_ROLE_ARN,
	};
	return alarmedSlots({
		slots: dynamoSlots(dynamo, env.SLOTS_TABLE, Date.now, log),
		alarms: schedulerSlotAlarms(schedulerClient(), schedules),
		now: Date.now,
		log,
	});
}
