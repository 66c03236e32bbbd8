import type { LaneName } from "../domain/message/lanes.ts";

/**
 * The physical names of what a stage has: given once here, to the template that makes it and to the command line that finds it. A role
 * says what a table or a queue is for, the same in every stage.
 */

/** Begins every physical name of a stage. */
export function prefixOf(stageName: string): string {
	return `smsgw-${stageName}`;
}

export function tableName(prefix: string, role: string): string {
	return `${prefix}-${role}`;
}

export function queueName(prefix: string, role: string): string {
	return `${prefix}-${role}`;
}

/** The role of a lane's queue. */
export function laneRole(lane: LaneName): string {
	return `lane-${lane}`;
}

/** The role of the queue where the dead letters of another rest. */
export function deadRole(role: string): string {
	return `${role}-dead`;
}
