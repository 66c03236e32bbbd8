# Sends one message by SMPP, waits for its receipt and prints both, with Net::SMPP (Debian: libnet-smpp-perl):
# SMSGW_USER=… SMSGW_PASSWORD=… perl smpp.pl RECIPIENT TEXT
use strict;
use warnings;
use Encode qw(decode encode);
use Net::SMPP;

my ($recipient, $text) = @ARGV;
my ($host, $port) = split /:/, $ENV{SMSGW_SMPP} // '127.0.0.1:2775';
$| = 1;
$SIG{ALRM} = sub { die "no answer in time\n" };
alarm 60;

my ($smpp, $bound) = Net::SMPP->new_transceiver(
    $host, port => $port, system_id => $ENV{SMSGW_USER}, password => $ENV{SMSGW_PASSWORD},
);
die "no connection to $host:$port\n" if !$smpp;
die "bind: status $bound->{status}\n" if $bound->{status};

my $answer = $smpp->submit_sm(
    source_addr => $ENV{SMSGW_SENDER} // 'SMSGW', source_addr_ton => 5, source_addr_npi => 0,
    destination_addr => $recipient, dest_addr_ton => 1, dest_addr_npi => 1,
    # UCS-2 carries every letter; 70 of them fit into one message.
    registered_delivery => 1, data_coding => 8, short_message => encode('UTF-16BE', decode('UTF-8', $text)),
);
die "submit: status $answer->{status}\n" if $answer->{status};
print "$answer->{message_id}\n";

my $receipt = $smpp->read_pdu();
print "$receipt->{short_message}\n";
# Without an answer the receipt comes again.
$smpp->deliver_sm_resp(seq => $receipt->{seq}, status => 0, message_id => '');
$smpp->unbind();
