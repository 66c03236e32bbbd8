# An SMSC by Debian's libnet-smpp-perl, for one transmitter and one receiver, or one transceiver. Prints what it was asked; takes one submit_sm,
# sends its receipt by data_sm, and answers an unbind.
use strict;
use warnings;
use IO::Select;
use Net::SMPP;

my ($port) = @ARGV;
$SIG{ALRM} = sub { die "no request in time\n" };
alarm 20;
$| = 1;

my $server = Net::SMPP->new_listen('127.0.0.1', port => $port) or die "no port\n";
print "listening\n";
my $select = IO::Select->new($server);
my ($receiver, %names);

while (my @ready = $select->can_read) {
    for my $socket (@ready) {
        if ($socket == $server) {
            my $accepted = $server->accept;
            ${*$accepted}{$_} //= ${*$server}{$_} for keys %{*$server};
            $select->add($accepted);
            next;
        }
        my $pdu = $socket->read_pdu();
        if (!$pdu) {
            $select->remove($socket);
            next;
        }
        my $name = Net::SMPP::pdu_tab()->{$pdu->{cmd}}{cmd};
        if ($name =~ /^bind_/) {
            print "$name $pdu->{system_id} $pdu->{system_type} $pdu->{interface_version} $pdu->{addr_ton} $pdu->{addr_npi} $pdu->{address_range}\n";
            my $answer = "${name}_resp";
            $socket->$answer(seq => $pdu->{seq}, system_id => 'perl');
            $receiver = $socket if $name ne 'bind_transmitter';
        } elsif ($name eq 'submit_sm') {
            print "submit_sm $pdu->{protocol_id} $pdu->{data_coding} $pdu->{dest_addr_ton} $pdu->{dest_addr_npi} ", unpack('H*', $pdu->{5121} // ''), "\n";
            $socket->submit_sm_resp(seq => $pdu->{seq}, message_id => 'perl-1');
            $receiver->data_sm(
                async => 1,
                source_addr => $pdu->{destination_addr}, destination_addr => $pdu->{source_addr}, esm_class => 4,
                message_payload => 'id:perl-1 sub:001 dlvrd:001 submit date:2611231100 done date:2611231101 stat:DELIVRD err:000 text:',
            );
        } elsif ($name eq 'unbind') {
            $socket->unbind_resp(seq => $pdu->{seq});
            $select->remove($socket);
            print "unbind\n";
        } else {
            print "$name $pdu->{status}\n";
        }
    }
}
