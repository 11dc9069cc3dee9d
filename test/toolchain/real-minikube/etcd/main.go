// etcd of the release that kubeadm asks for: the module's own main program is not in the module.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
