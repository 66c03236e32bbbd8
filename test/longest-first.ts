import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The histories take the longest, at low priority: begun first, they run while the local stacks of other files wait. */
const longest = "/test/simulation/simulation.test.ts";

export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		return sorted.toSorted((one, other) => Number(isLongest(other)) - Number(isLongest(one)));
	}
}

const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(longest);
