/** An error answer of a service, by the name that the SDK gives it. */
export class ServiceError extends Error {
	constructor(name: string, message: string) {
		super(message);
		this.name = name;
	}
}
