#!/bin/sh
# Records a kernel at work on the protocol, under QEMU's software emulation: no hardware, no root, about a minute.
#
#     sh record.sh [KERNEL.deb] > recording.txt
#
# KERNEL.deb is a kernel package of Debian (default: that of linux-image-amd64, downloaded with apt-get).  Needed are
# qemu-system-x86_64, gcc with a static C library, busybox (static), cpio, dpkg-deb, and pfnspec.
# The emulated machine has two CPUs of AMD's with SVM, which QEMU emulates; its kernel loads KVM and runs guest.c.
# PFNSPEC, ROUNDS and SYMBOLS (as in `--symbol A=B --symbol C=D`, for kernels that have other names) are respected.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deb=${1:+$(realpath "$1")}
cd "$work"
if [ -z "$deb" ]; then
    name=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
    apt-get download "$name-unsigned" >&2 2> /dev/null || apt-get download "$name" >&2
    deb=$(echo "$work"/*.deb)
fi
dpkg-deb -x "$deb" kernel
mkdir -p root/m
for module in irqbypass ccp kvm kvm-amd; do
    file=$(find kernel -name "$module.ko" -o -name "$module.ko.xz" | head -1)
    case $file in
        *.xz) xz -dc "$file" > root/m/$module.ko ;;
        ?*) cp "$file" root/m/ ;;
    esac
done
gcc -O2 -static -pthread -o root/vm "$here/guest.c"
cp "$(command -v busybox)" root/busybox
# shellcheck disable=SC2086
${PFNSPEC:-pfnspec} probes "$here/linux_6_1.pfn" ${SYMBOLS:-} > root/record
cat > root/init << END
#!/busybox sh
/busybox mkdir -p /proc /sys /dev /bin
/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tracefs tracefs /sys/kernel/tracing
for module in irqbypass ccp kvm kvm-amd; do [ ! -e /m/\$module.ko ] || insmod /m/\$module.ko; done
KB=20000 sh /record /vm ${ROUNDS:-400} > /recording
echo RECORDING-BEGINS
cat /recording
echo RECORDING-ENDS
poweroff -f
END
chmod +x root/init
(cd root && find . | cpio -o -H newc --quiet) | gzip > initrd.gz
qemu-system-x86_64 -accel tcg -smp 2 -m 1024 -cpu EPYC,+svm,+npt -kernel kernel/boot/vmlinuz-* -initrd initrd.gz \
    -append "console=ttyS0 quiet panic=-1" -nographic -no-reboot -nic none < /dev/null > console.txt 2> qemu.txt
tr -d '\r' < console.txt | sed -n '/RECORDING-BEGINS/,/RECORDING-ENDS/{/RECORDING-/d;p}' > recording.txt
[ -s recording.txt ] || { cat qemu.txt console.txt >&2; exit 1; }
cat recording.txt
