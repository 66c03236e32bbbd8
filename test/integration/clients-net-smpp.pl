# A client of the gateway by Debian's libnet-smpp-perl: binds, submits, waits for the receipt, unbinds. Prints what it was answered.
use strict;
use warnings;
use Net::SMPP;

my ($port, $bind) = @ARGV;
$| = 1;
$SIG{ALRM} = sub { die "no answer in time\n" };
alarm 20;

my %login = (system_id => 'demo', password => 'secret', port => $port);
my ($smpp, $bound) = $bind eq 'transceiver'
    ? Net::SMPP->new_transceiver('127.0.0.1', %login)
    : Net::SMPP->new_transmitter('127.0.0.1', %login);
die "no connection\n" if !$smpp;
print "bound $bound->{status} $bound->{system_id}\n";

my $answer = $smpp->submit_sm(
    source_addr => 'SMSGW', source_addr_ton => 5, source_addr_npi => 0,
    destination_addr => '77010000000', dest_addr_ton => 1, dest_addr_npi => 1,
    registered_delivery => 1, short_message => 'from Perl',
);
print "taken $answer->{status} $answer->{message_id}\n";

my $alive = $smpp->enquire_link();
print "alive $alive->{status}\n";

if ($bind eq 'transceiver') {
    my $receipt = $smpp->read_pdu();
    print "receipt $receipt->{short_message}\n";
    $smpp->deliver_sm_resp(seq => $receipt->{seq}, status => 0, message_id => '');
}

my $gone = $smpp->unbind();
print "gone $gone->{status}\n";
