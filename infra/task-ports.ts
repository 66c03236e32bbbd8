/** The SMPP task's ports: clients' SMPP, and health checks. */
export const smppPort = 2_775;
export const healthPort = 8_082;

/** The load balancer's port for SMPP over TLS, which ends there. */
export const smppTlsPort = 3_550;
