# Two machines on one network, as namespaces: this one has 10.99.0.1, and Avahi with a D-Bus of its own runs on 10.99.0.2.
# Then it runs what it is told to, and ends what it started. Usage: unshare -n -m sh two-machines.fixture.sh FOLDER COMMAND…
set -e
folder=$1
shift
cat > "$folder/bus.conf" <<X
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=$folder/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
X
printf '[server]\nhost-name=stage\nuse-ipv6=no\nallow-interfaces=v1\n[publish]\npublish-workstation=no\n' > "$folder/avahi.conf"
ip link set lo up
ip link add v0 type veth peer name v1
ip addr add 10.99.0.1/24 dev v0
ip link set v0 up
ip route add default dev v0
mount -t tmpfs tmpfs /run
mkdir -p /run/avahi-daemon
dbus-daemon --config-file="$folder/bus.conf" --nofork 2> "$folder/bus.log" &
bus=$!
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$folder/bus"
unshare -n sh -c 'touch "$0/there"
  while [ ! -e "$0/cable" ] || [ ! -e "$0/bus" ]; do sleep 0.05; done
  ip link set lo up && ip addr add 10.99.0.2/24 dev v1 && ip link set v1 up && ip route add default dev v1
  exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f "$0/avahi.conf" 2> "$0/avahi.log"' "$folder" &
avahi=$!
while [ ! -e "$folder/there" ]; do sleep 0.05; done
ip link set v1 netns $avahi
touch "$folder/cable"
trap 'kill $avahi $bus' EXIT
"$@"
