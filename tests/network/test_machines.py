"""The two machines: whatever comes, in whatever order, an SMS and a call end once and for good."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.simulated.network import QUICK, Call, CallState, Sms, SmsState, call, texting
from hardware.simulated.network.call import Turn
from hardware.simulated.network.calling import Calling, Recital
from hardware.simulated.network.texting import Step
from hardware.simulated.network.timing import Clock
from hardware.simulated.network.twiml import Speech


def test_an_sms_passes_through_every_state_in_order() -> None:
    sms = Sms("Hub", "+33612345678", "Hello")
    seen = [sms.state]
    for step in (Step.REACHED, Step.NEXT, Step.GIVEN_UP, Step.NEXT, Step.NEXT, Step.REACHED):
        if sms.take(step):
            seen.append(sms.state)
    assert seen == ["queued", "sending", "sent", "delivered"]


@given(st.lists(st.sampled_from(Step)))
def test_an_sms_that_has_ended_never_changes(steps: list[Step]) -> None:
    sms = Sms("Hub", "+33612345678", "Hello")
    for step in steps:
        ended = sms.state in (SmsState.DELIVERED, SmsState.UNDELIVERED, SmsState.FAILED)
        assert not (sms.take(step) and ended)
        assert (sms.sent is not None) == (sms.state not in (SmsState.QUEUED, SmsState.SENDING, SmsState.FAILED))


@given(st.lists(st.sampled_from(Turn)))
def test_a_call_that_is_over_never_changes(turns: list[Turn]) -> None:
    call = Call("+33937000000", "+33612345678", Recital(Calling(Clock(), QUICK, None), Speech()))
    for turn in turns:
        was_over = call.over
        assert not (call.take(turn) and was_over)
        assert (call.ended is not None) == call.over
    assert call.started is not None or call.state not in (CallState.IN_PROGRESS, CallState.COMPLETED)


def test_every_state_can_be_reached() -> None:
    assert set(texting.TRANSITIONS.values()) | {SmsState.QUEUED, SmsState.RECEIVED} == set(SmsState)
    assert set(call.TRANSITIONS.values()) | {CallState.QUEUED} == set(CallState)
