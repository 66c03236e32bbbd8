import type { LaneName } from "../domain/message/lanes.ts";

/**
 * The physical names of a stage's resources, for the template that creates them and the command line that finds them. A role
 * is the purpose of a table or queue, and is the same in every stage.
 */

export function prefixOf(stageName: string): string {
	return `smsgw-${stageName}`;
}

export function tableName(prefix: string, role: string): string {
	return `${prefix}-${role}`;
}

export function queueName(prefix: string, role: string): string {
	return `${prefix}-${role}`;
}

export function laneRole(lane: LaneName): string {
	return `lane-${lane}`;
}

export function deadRole(role: string): string {
	return `${role}-dead`;
}
