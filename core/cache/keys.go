package cache

// Key names one value. All keys are built here. The part in braces decides the node of a cluster; every script
// touches a single key, so that it stays on one.
type Key string

// SessionKey is the copy of a session, by its id in the store.
func SessionKey(id string) Key { return Key("duthi:session:{" + id + "}") }

// ChangedKey holds the moment somebody's sessions or record last changed; copies made before it don't count.
func ChangedKey(subject string) Key { return Key("duthi:changed:{" + subject + "}") }

// LimitKey is the count of a rate limit named name (e.g. "signin") for whom it limits.
func LimitKey(name, whom string) Key { return Key("duthi:limit:" + name + ":{" + whom + "}") }

// OnceKey marks that something happened.
func OnceKey(name, what string) Key { return Key("duthi:once:" + name + ":{" + what + "}") }

// Channel is a stream of messages between processes.
type Channel string

const (
	ChannelPeople  Channel = "duthi:people"  // somebody's sessions or record changed; the data is the subject
	ChannelCatalog Channel = "duthi:catalog" // a contest changed; the data is its id
)
