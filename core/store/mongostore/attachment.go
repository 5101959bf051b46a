package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// attachmentPart is one part of a file of a contest.
type attachmentPart struct {
	Key       string `bson:"_id"`
	ContestID string `bson:"contest_id"`
	Digest    string `bson:"digest"`
	Data      []byte `bson:"data"`
}

func attachmentIndexes() []index {
	return []index{{"attachments", doc("contest_id", 1, "digest", 1), false, nil}}
}

// PutAttachmentPart implements catalog.Store.
func (s *Store) PutAttachmentPart(ctx context.Context, contestID, digest string, part int, data []byte) error {
	p := attachmentPart{Key: naturalKey(contestID, digest, part), ContestID: contestID, Digest: digest, Data: data}
	_, err := s.attachments.ReplaceOne(ctx, doc("_id", p.Key), p, options.Replace().SetUpsert(true))
	return translate(err)
}

// AttachmentPart implements catalog.Store.
func (s *Store) AttachmentPart(ctx context.Context, contestID, digest string, part int) ([]byte, error) {
	p, err := one[attachmentPart](ctx, s.attachments, doc("_id", naturalKey(contestID, digest, part)))
	return p.Data, err
}

// KeepAttachments implements catalog.Store.
func (s *Store) KeepAttachments(ctx context.Context, contestID string, digests []string) error {
	if digests == nil {
		digests = []string{}
	}
	_, err := s.attachments.DeleteMany(ctx, bson.D{{Key: "contest_id", Value: contestID}, {Key: "digest", Value: doc("$nin", digests)}})
	return translate(err)
}
