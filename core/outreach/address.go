package outreach

import (
	"context"
	"errors"

	"duthi/core"
)

// addressOf names where a message goes without saying where: two people of a broadcast who share a number or a Zalo
// get one message. "" when that is not known.
func addressOf(broadcastID, channel string, r Recipient) string {
	where := "zalo:" + r.UserID
	if channel == core.ChannelPhoneTemplate {
		where = "phone:" + r.PhoneKey
	}
	if where == "zalo:" || where == "phone:" {
		return ""
	}
	return digest(broadcastID + "/" + where)[:32]
}

// sameReason says what two people share who would get the same message by a channel.
func sameReason(channel string) string {
	if channel == core.ChannelPhoneTemplate {
		return ReasonSamePhone
	}
	return ReasonSameZalo
}

// planAll plans deliveries of a broadcast. Who shares an address with somebody planned already is skipped.
func (s *Service) planAll(ctx context.Context, ds []core.Delivery) error {
	if err := s.cfg.Deliveries.PlanDeliveries(ctx, ds); err != nil {
		return err
	}
	var addresses []string
	for _, d := range ds {
		if d.Address != "" {
			addresses = append(addresses, d.Address)
		}
	}
	if len(addresses) == 0 {
		return nil
	}
	holders, err := s.cfg.Deliveries.DeliveriesAt(ctx, ds[0].BroadcastID, addresses)
	if err != nil {
		return err
	}
	who := make(map[string]string, len(holders))
	for _, h := range holders {
		who[h.Address] = h.Person
	}
	var same []core.Delivery
	for _, d := range ds {
		if p := who[d.Address]; d.Address != "" && p != "" && p != d.Person {
			d.State, d.Reason, d.Same, d.Channel, d.Cost, d.Address = core.DeliverySkipped, sameReason(d.Channel), p, core.ChannelNone, 0, ""
			same = append(same, d)
		}
	}
	if len(same) == 0 {
		return nil
	}
	return s.cfg.Deliveries.PlanDeliveries(ctx, same)
}

// sameAddress settles a leased delivery whose address turned out to be that of somebody else of the broadcast, to whom
// the message went or will go.
func (s *Service) sameAddress(ctx context.Context, j job, d core.Delivery, address string) error {
	holders, err := s.cfg.Deliveries.DeliveriesAt(ctx, d.BroadcastID, []string{address})
	if err != nil {
		return err
	}
	for _, h := range holders {
		d.Same = h.Person
	}
	return errors.Join(s.returnTurn(ctx, j, d), s.settle(ctx, d, core.DeliverySkipped, sameReason(d.Channel)))
}
