/**
 * What root may do inside a seat, see capabilities(7): a container runtime's own set for containers, and what else kubelet, containerd, runc, packet filters
 * and the lessons' sidecars work with. Not in it is what reaches past the namespaces: kernel modules, the clock, raw input and output, the kernel's log, and
 * `dac_read_search`, which opens any file of a file system by its number. Only CAP_SYS_ADMIN, which mounts need, is among those a machine is taken with.
 */
export const CAPABILITIES = [
  "audit_write", "chown", "dac_override", "fowner", "fsetid", "kill", "mknod", "net_bind_service", "net_raw", "setfcap", "setgid", "setpcap", "setuid", "sys_chroot",
  "ipc_lock", "net_admin", "sys_admin", "sys_nice", "sys_ptrace", "sys_resource",
] as const;

/** `setpriv` and its arguments: the program that follows has no capability but these, and no way to another. */
export const CONFINE = ["/usr/bin/setpriv", `--bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(",")}`, "--"] as const;
