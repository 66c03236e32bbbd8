import { ConflictException, CreateScheduleCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import type { CheckDueCall } from "../../contracts/check-due-call.ts";
import { slotName } from "../../domain/schedule/slots.ts";
import { almatyText } from "../../domain/time/almaty-time.ts";
import type { SlotAlarms } from "../../usecases/schedule/slot-store.ts";

/** The schedule group of a stage's slots, the function that they call, and the role that they call it with. */
export type SlotScheduleSettings = { readonly group: string; readonly checkDueArn: string; readonly roleArn: string };

/** Few: the sweep runs minutes later and finds the slot. */
const retries = { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 300 };

/** One EventBridge schedule for each slot. It calls the check-due function within the slot's first minute, then deletes itself. */
export function schedulerSlotAlarms(
	client: SchedulerClient,
	{ group, checkDueArn, roleArn }: SlotScheduleSettings,
): SlotAlarms {
	return {
		async set(slot) {
			const call: CheckDueCall = { slot };
			const command = new CreateScheduleCommand({
				Name: `slot-${slotName(slot).replace(":", "-")}`,
				GroupName: group,
				ScheduleExpression: `at(${almatyText(slot).replace(" ", "T")})`,
				ScheduleExpressionTimezone: "Asia/Almaty",
				FlexibleTimeWindow: { Mode: "OFF" },
				ActionAfterCompletion: "DELETE",
				Target: { Arn: checkDueArn, RoleArn: roleArn, Input: JSON.stringify(call), RetryPolicy: retries },
			});
			try {
				await client.send(command);
			} catch (error) {
				if (!(error instanceof ConflictException)) throw error;
			}
		},
	};
}
