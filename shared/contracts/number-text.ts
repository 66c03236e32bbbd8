/** A number of a request that its field refuses, as the client wrote it: a double may have other digits. */
export class NumberText {
	readonly written: string;

	constructor(written: string) {
		this.written = written;
	}

	/** Differs from the same digits in quotes: equal batches have equal JSON. */
	toJSON(): unknown {
		return { number: this.written };
	}
}
