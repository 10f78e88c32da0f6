from msgspec.structs import replace

from chat.settings import Mail, Pager, Service, Settings
from house.paging import channels_of
from moderation.records.vault import Vault


def test_the_settings_say_which_channels_there_are() -> None:
    """Mail with a host, every service by its name, and what needs no setting at all."""
    sms = Service(url="ntfys://ntfy.example/{address}", label="Text message")
    pager = Pager(mail=Mail(host="mail.example"), services={"sms": sms}, networks=("10.0.0.1",))
    found = channels_of(replace(Settings(), pager=pager), Vault(bytes(32)), "http://localhost:8080")
    assert set(found) == {"mail", "webhook", "push", "sms"}
    assert found["webhook"].accepts("http://10.0.0.1/bell")
    assert not found["webhook"].accepts("http://10.0.0.2/bell")
