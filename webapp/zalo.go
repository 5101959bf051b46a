package webapp

import (
	"context"

	"duthi/core/zalo"
)

// Zalo is what the pages need to know of the OA.
type Zalo struct {
	// OAID gives the OA spoken for, "" when there is none yet.
	OAID         func(ctx context.Context) string
	Flow         *zalo.ConsentFlow
	Status       func(ctx context.Context) (zalo.Status, error) // of the grant; NotFound when nobody consented
	Mode         string                                         // of the webhook
	Verification string                                         // code of the domain's proof, "" for none
	Simulator    string                                         // address of the simulator's chat page, "" with a real app
}
