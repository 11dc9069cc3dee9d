/**
 * What root may do inside a seat, see capabilities(7). The first line is a container runtime's own set for containers. Kubelet, containerd, runc, packet filters
 * and the lessons' sidecars need the second. What reaches past the namespaces is left out: kernel modules, the clock, raw input and output, and the kernel's log.
 * So is `dac_read_search`, which opens any file of a file system by its number. Of the capabilities that can take a machine, CAP_SYS_ADMIN stays: mounts need it.
 */
export const CAPABILITIES = [
  "audit_write", "chown", "dac_override", "fowner", "fsetid", "kill", "mknod", "net_bind_service", "net_raw", "setfcap", "setgid", "setpcap", "setuid", "sys_chroot",
  "ipc_lock", "net_admin", "sys_admin", "sys_nice", "sys_ptrace", "sys_resource",
] as const;

/** `setpriv` and its arguments: the program that follows has no capability but these, and no way to another. */
export const CONFINE = ["/usr/bin/setpriv", `--bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(",")}`, "--"] as const;
