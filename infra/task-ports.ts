/** Where the SMPP task listens: clients' SMPP, and whoever asks whether it lives. */
export const smppPort = 2_775;
export const healthPort = 8_082;

/** Where the load balancer takes clients' SMPP in TLS, which ends there. */
export const smppTlsPort = 3_550;
