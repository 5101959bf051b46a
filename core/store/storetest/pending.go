package storetest

var (
	figureTests, contestTests, setTests, peopleTests, requestTests, organizerTests tests
	linkTests, auditTests, removalTests, cancelTests                               tests
)
