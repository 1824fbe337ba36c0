# For gdb, in front of rewind86 gdb: gdb -x docs/rewind86.gdb -ex 'target remote :1234'
#
# gdb does not ask again where it is because a monitor command has moved the machine. This makes it.
define hookpost-monitor
  maintenance flush register-cache
  maintenance flush dcache
end
